import { KeyedList, element, icon } from './dom.js';
import { bytes } from './files.js';

/** The files of a conversation that are on their way: one line each, with a bar, pause, resume and cancel. */
export function transfersView({ store, chat, conversationId }) {
  const items = element('ul', { class: 'transfers', 'aria-label': 'Uploads' });
  const list = new KeyedList(items);

  function row(transfer) {
    const { key, state } = transfer;
    return {
      key,
      signature: state,
      make: () => element('li', { class: 'transfer', 'data-state': state },
        icon('file'),
        element('div', { class: 'who' },
          element('p', {}, transfer.name),
          element('progress', { max: transfer.size, 'aria-label': `Upload of ${transfer.name}` }),
          element('p', { class: 'detail', role: 'status' })),
        state === 'uploading' && button('pause', 'Pause', () => chat.uploads.pause(key)),
        state === 'paused' && button('resume', 'Resume', () => chat.uploads.resume(key)),
        state === 'failed' && button('resume', 'Try again', () => chat.uploads.resume(key)),
        state !== 'finishing' && button('close', 'Cancel', () => chat.uploads.cancel(key))),
    };
  }

  function render() {
    const transfers = [...store.transfers.values()].filter((one) => one.conversationId === conversationId);
    list.show(transfers.map(row));
    transfers.forEach((transfer, at) => {
      const node = items.children[at];
      node.querySelector('progress').value = transfer.sent;
      node.querySelector('.detail').textContent = detailOf(transfer);
    });
    items.hidden = transfers.length === 0;
  }

  const stopListening = store.on('transfers', render);
  render();
  return { node: items, close: stopListening };
}

function detailOf({ state, sent, size, problem }) {
  if (problem) return state === 'failed' ? problem : `${problem} Trying again…`;
  if (state === 'finishing') return 'Almost there…';
  return `${bytes(sent)} of ${bytes(size)}${state === 'paused' ? ', paused' : ''}`;
}

function button(name, label, onclick) {
  return element('button', { type: 'button', class: 'quiet', 'aria-label': label, title: label, onclick }, icon(name));
}
