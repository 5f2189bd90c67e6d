import { KeyedList, avatar, element, icon } from './dom.js';
import { short } from './time.js';

/** The side with all conversations, newest activity first. */
export function conversationListView({ store, chat, startConversation, signOut }) {
  const status = element('p', { class: 'connection', role: 'status' });
  const items = element('ul', { class: 'conversations' });
  const empty = element('p', { class: 'empty', hidden: true }, 'No conversations yet. Start one with the plus sign.');
  const more = element('button', { type: 'button', class: 'more', hidden: true, onclick: () => chat.loadMoreConversations() }, 'Show more');
  const list = new KeyedList(items);
  let lastOpen = null;

  function row(conversation) {
    const { id, type, unread, lastMessage, updatedAt } = conversation;
    const title = store.title(conversation);
    const [other] = store.others(conversation);
    const online = type === 'private' ? store.online.get(other) ?? null : null;
    const typing = store.typingIn(id);
    const preview = typing.length > 0 ? 'typing…' : previewLine(conversation, lastMessage);
    const current = id === store.openId;
    return {
      key: id,
      signature: JSON.stringify([title, online, preview, unread, updatedAt, current]),
      make: () => element('li', { 'data-conversation-id': id },
        element('a', { href: `#/c/${encodeURIComponent(id)}`, 'aria-current': current && 'true', class: unread > 0 ? 'conversation-link unread' : 'conversation-link' },
          avatar(title, type === 'private' ? other ?? id : id, online),
          element('span', { class: 'title' }, title, online && element('span', { class: 'visually-hidden' }, ' (online)')),
          element('time', { datetime: updatedAt }, short(updatedAt)),
          element('span', { class: typing.length > 0 ? 'preview typing' : 'preview' }, preview),
          unread > 0 && element('span', { class: 'badge' },
            element('span', { 'aria-hidden': 'true' }, unread > 99 ? '99+' : `${unread}`),
            element('span', { class: 'visually-hidden' }, `${unread} unread`)))),
    };
  }

  function previewLine(conversation, message) {
    if (!message) return conversation.type === 'group' ? `${conversation.members.length} members` : 'Say hello';
    if (message.from === store.me.id) return `You: ${message.preview}`;
    return conversation.type === 'group' && message.from ? `${store.nameOf(message.from)}: ${message.preview}` : message.preview;
  }

  function render() {
    list.show(store.sorted().map(row));
    empty.hidden = !store.listed || store.conversations.size > 0;
    more.hidden = store.nextCursor === null;
  }

  /** Whoever closes a conversation is back at its line. */
  function followFocus() {
    if (!store.openId) [...items.children].find((item) => item.dataset.conversationId === lastOpen)?.firstChild.focus();
    lastOpen = store.openId;
  }

  function renderConnection() {
    const connected = store.connection === 'connected';
    status.textContent = connected ? 'Connected' : 'Connecting…';
    status.dataset.state = store.connection;
  }

  store.on('conversations people open', render);
  store.on('open', followFocus);
  store.on('connection', renderConnection);
  renderConnection();
  render();
  return element('section', { class: 'side', 'aria-label': 'Your conversations' },
    element('header', { class: 'bar' },
      avatar(store.me.name, store.me.id),
      element('div', { class: 'who' }, element('h1', {}, store.me.name), status),
      element('button', { type: 'button', class: 'quiet', 'aria-label': 'New conversation', title: 'New conversation', onclick: startConversation }, icon('plus')),
      element('button', { type: 'button', class: 'quiet', 'aria-label': 'Sign out', title: 'Sign out', onclick: signOut }, icon('exit'))),
    element('nav', { class: 'scroll', 'aria-label': 'Conversations' }, items, empty, more));
}
