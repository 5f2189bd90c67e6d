/**
 * The only place that makes elements. Data becomes text nodes and attributes, never markup.
 * `properties`: attributes by name; `on…` listeners as functions; `class`; false and null are left out.
 */
export function element(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === false || value === null || value === undefined) continue;
    if (typeof value === 'function') node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? '' : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

const Paths = {
  back: 'M15 5l-7 7 7 7',
  plus: 'M12 5v14M5 12h14',
  send: 'M4 12l16-8-6 16-3-7-7-1z',
  down: 'M12 5v14m-6-6l6 6 6-6',
  exit: 'M14 4h5v16h-5M4 12h11m-4-4l4 4-4 4',
  clock: 'M12 4a8 8 0 1 0 .01 0zM12 8v4l3 2',
  check: 'M5 13l4 4L19 7',
  checks: 'M2 13l4 4L16 7m-4 9l1 1L23 7',
  file: 'M6 3h8l4 4v14H6zM14 3v5h4',
  clip: 'M8 12l6-6a3.5 3.5 0 0 1 5 5l-8 8a5.5 5.5 0 0 1-8-8l7-7',
  download: 'M12 4v11m-5-5l5 5 5-5M5 20h14',
  pause: 'M9 6v12M15 6v12',
  resume: 'M8 5l11 7-11 7z',
  close: 'M6 6l12 12M18 6L6 18',
  alert: 'M12 4l9 16H3zM12 10v4m0 3v.5',
};

/** A line icon in the text's colour. Without a label it is decoration for screen readers. */
export function icon(name, label) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('class', 'icon');
  if (label) {
    svg.setAttribute('role', 'img');
    svg.setAttribute('aria-label', label);
  } else {
    svg.setAttribute('aria-hidden', 'true');
  }
  path.setAttribute('d', Paths[name]);
  svg.append(path);
  return svg;
}

/** A round sign with the first letters of a name, in a colour that stays the person's own. */
export function avatar(name, key, online = null) {
  const letters = name.split(/[\s,]+/).filter(Boolean).slice(0, 2).map((word) => word[0].toUpperCase()).join('');
  const digits = name.match(/\d+$/)?.[0] ?? '';
  const hue = [...key].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 997, 7) % 8;
  return element('span', { class: `avatar hue-${hue}`, 'aria-hidden': 'true' },
    letters.length === 1 ? letters + digits : letters,
    online === null ? null : element('span', { class: online ? 'presence online' : 'presence' }));
}

/**
 * Keeps a parent's children in line with `items`: a node is made once a key and made anew only when its
 * signature changes, so that a new message touches one node however long the list is.
 */
export class KeyedList {
  #parent;
  #nodes = new Map();

  constructor(parent) {
    this.#parent = parent;
  }

  /** items: `{ key, signature, make() }`, keys unique. */
  show(items) {
    const focused = this.#parent.contains(document.activeElement) ? document.activeElement : null;
    const nodes = new Map();
    let next = this.#parent.firstChild;
    for (const { key, signature, make } of items) {
      const known = this.#nodes.get(key);
      let node = known?.node;
      if (!known || known.signature !== signature) {
        const fresh = make();
        if (node === next) next = node?.nextSibling ?? null;
        node?.remove();
        node = fresh;
      }
      if (node === next) next = next.nextSibling;
      else this.#parent.insertBefore(node, next);
      nodes.set(key, { node, signature });
    }
    while (next) {
      const gone = next;
      next = next.nextSibling;
      gone.remove();
    }
    this.#nodes = nodes;
    // A moved node loses the focus.
    if (focused && focused !== document.activeElement && focused.isConnected) focused.focus({ preventScroll: true });
  }
}
