import { element } from './dom.js';

const Lasts = 6_000;

/** Short notices in the corner; the same text is shown once at a time. */
export class Toasts {
  #parent;

  constructor(parent) {
    this.#parent = parent;
  }

  show(text) {
    if ([...this.#parent.children].some((one) => one.dataset.text === text)) return;
    const toast = element('div', { class: 'toast', 'data-text': text },
      element('p', {}, text),
      element('button', { type: 'button', class: 'quiet', 'aria-label': 'Dismiss', onclick: () => toast.remove() }, '×'));
    this.#parent.append(toast);
    setTimeout(() => toast.remove(), Lasts);
  }
}
