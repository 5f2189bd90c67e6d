import { element, icon } from './dom.js';

/** Characters the server takes in one message. */
const Longest = 16_384;
const drafts = new Map();

/** Where a message is written: Enter sends, Shift+Enter makes a new line. A draft waits while another conversation is open. */
export function composerView({ chat, conversationId, onSent }) {
  const text = element('textarea', {
    rows: 1, maxlength: Longest, placeholder: 'Message', 'aria-label': 'Message', enterkeyhint: 'send', oninput: onInput, onkeydown: onKey,
  });
  const button = element('button', { type: 'submit', class: 'primary round', 'aria-label': 'Send', title: 'Send' }, icon('send'));

  const picker = element('input', { type: 'file', multiple: true, hidden: true, 'aria-label': 'Files', onchange: onPicked });
  const attach = element('button', { type: 'button', class: 'quiet', 'aria-label': 'Attach files', title: 'Attach files', onclick: () => picker.click() }, icon('clip'));

  function onPicked() {
    for (const file of picker.files) chat.uploads.add(conversationId, file);
    picker.value = '';
  }

  function onInput() {
    drafts.set(conversationId, text.value);
    resize();
    if (text.value.trim()) chat.typing(conversationId);
  }

  function onKey(event) {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  }

  function send() {
    const message = text.value.trim();
    text.focus();
    if (!message) return;
    text.value = '';
    onInput();
    chat.send(conversationId, message);
    onSent();
  }

  function resize() {
    button.disabled = text.value.trim() === '';
    text.style.height = 'auto';
    text.style.height = `${text.scrollHeight}px`;
  }

  text.value = drafts.get(conversationId) ?? '';
  const form = element('form', {
    class: 'composer',
    onsubmit: (event) => {
      event.preventDefault();
      send();
    },
  }, attach, picker, text, button);
  return { node: form, resize, focus: () => text.focus({ preventScroll: true }) };
}
