import { KeyedList, element, icon } from './dom.js';
import { fileView } from './files.js';
import { clock, day, sameDay } from './time.js';

const GroupWithin = 5 * 60_000;
const NearBottom = 60;
const NearTop = 300;

const Ticks = {
  pending: ['clock', 'Sending'],
  unsent: ['alert', 'Not sent'],
  accepted: ['check', 'Sent'],
  in_transit: ['check', 'Sent'],
  delivered: ['checks', 'Delivered'],
  read: ['checks', 'Read'],
  failed: ['alert', 'Not delivered'],
};

/** The messages of one conversation. Scrolling up loads older ones; what has been on screen is marked as read. */
export function messageListView({ store, chat, conversationId }) {
  const items = element('ol', { class: 'messages' });
  const older = element('p', { class: 'hint loading', hidden: true }, 'Loading…');
  const scroller = element('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Messages' }, older, items);
  const newest = element('button', { type: 'button', class: 'newest', hidden: true, 'aria-label': 'Go to the newest message', onclick: toNewest }, icon('down'));
  const list = new KeyedList(items);
  let following = true;
  let oldestShown = null;

  function rowsOf(conversation, thread) {
    const others = store.others(conversation);
    const rows = [];
    let previous = null;
    for (const message of [...thread.messages, ...thread.outgoing]) {
      if (!previous || !sameDay(previous.createdAt, message.createdAt)) {
        const today = day(message.createdAt);
        rows.push({ key: `day before ${message.id}`, signature: today, make: () => element('li', { class: 'day' }, element('span', {}, today)) });
        previous = null;
      }
      rows.push(messageRow(message, previous, conversation, thread, others));
      previous = message;
    }
    return rows;
  }

  function messageRow(message, previous, conversation, thread, others) {
    const { id, seq, from, payload, createdAt } = message;
    if (payload.type === 'system') {
      const text = store.preview(payload);
      return { key: id, signature: text, make: () => element('li', { class: 'system', 'data-seq': seq }, text) };
    }
    const mine = from === store.me.id;
    const status = mine ? thread.statusOf(message, others) : 'received';
    const continued = previous?.from === from && previous.payload.type !== 'system' && Date.parse(createdAt) - Date.parse(previous.createdAt) < GroupWithin;
    const sender = !mine && !continued && conversation.type === 'group' ? store.nameOf(from) : null;
    return {
      key: id,
      signature: `${seq} ${status} ${continued} ${sender}`,
      make: () => element('li', { class: `message ${mine ? 'mine' : 'theirs'}${continued ? ' continued' : ''}`, 'data-message-id': id, 'data-seq': seq, 'data-status': status },
        element('div', { class: 'bubble' },
          sender && element('p', { class: 'sender' }, sender),
          !sender && element('span', { class: 'visually-hidden' }, mine ? 'You: ' : `${store.nameOf(from)}: `),
          payload.type === 'file' ? fileView({ chat, fileId: payload.file_id, onLoaded: onGrown }) : element('p', { class: 'text' }, store.preview(payload)),
          element('p', { class: 'meta' },
            element('time', { datetime: createdAt }, clock(createdAt)),
            mine && element('span', { class: `ticks ${status}` }, icon(...Ticks[status])))),
        status === 'unsent' && element('p', { class: 'unsent' }, 'Not sent. ',
          element('button', { type: 'button', onclick: () => chat.retry(id) }, 'Try again'),
          element('button', { type: 'button', onclick: () => chat.discard(id) }, 'Discard'))),
    };
  }

  function render() {
    const conversation = store.conversations.get(conversationId);
    if (!conversation) return;
    const thread = store.thread(conversationId);
    const fromBottom = scroller.scrollHeight - scroller.scrollTop;
    const grewAbove = oldestShown !== null && thread.firstSeq !== oldestShown;
    list.show(rowsOf(conversation, thread));
    older.hidden = !thread.loading && thread.loaded;
    oldestShown = thread.loaded ? thread.firstSeq : null;
    if (following) scroller.scrollTop = scroller.scrollHeight;
    else if (grewAbove) scroller.scrollTop = scroller.scrollHeight - fromBottom;
    markRead();
    loadOlderNearTop();
  }

  /** A picture has come in. */
  function onGrown() {
    if (following) toNewest();
  }

  function toNewest() {
    following = true;
    scroller.scrollTop = scroller.scrollHeight;
  }

  function onScroll() {
    following = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NearBottom;
    newest.hidden = following;
    markRead();
    loadOlderNearTop();
  }

  function loadOlderNearTop() {
    if (scroller.scrollTop < NearTop) chat.loadOlder(conversationId);
  }

  /** The lowest message whose end is on screen counts: whoever has scrolled past has read. */
  function markRead() {
    const conversation = store.conversations.get(conversationId);
    if (!conversation || document.visibilityState !== 'visible' || !scroller.isConnected || conversation.lastReadSeq >= conversation.lastSeq) return;
    const bottom = scroller.getBoundingClientRect().bottom + 1;
    for (let node = items.lastElementChild; node; node = node.previousElementSibling) {
      if (!node.dataset.seq || node.getBoundingClientRect().bottom > bottom) continue;
      chat.read(conversationId, Number(node.dataset.seq));
      return;
    }
  }

  // The on-screen keyboard and a growing composer take height away: stay at the end.
  const resized = new ResizeObserver(() => following && toNewest());
  resized.observe(scroller);
  scroller.addEventListener('scroll', onScroll, { passive: true });
  document.addEventListener('visibilitychange', markRead);
  const stopListening = store.on('thread conversations', render);

  return {
    node: element('div', { class: 'thread' }, scroller, newest),
    render,
    toNewest,
    close() {
      stopListening();
      resized.disconnect();
      document.removeEventListener('visibilitychange', markRead);
    },
  };
}
