import { avatar, element, icon } from './dom.js';
import { composerView } from './composer.js';
import { messageListView } from './messageList.js';
import { transfersView } from './transfers.js';

/** The side with the open conversation; made anew when another one is opened. */
export function conversationView({ store, chat }) {
  const placeholder = element('p', { class: 'empty' }, 'Choose a conversation, or start a new one.');
  const side = element('section', { 'aria-label': 'Open conversation', class: 'conversation', id: 'conversation', tabindex: -1 }, placeholder);
  const header = element('header', { class: 'bar' });
  const typing = element('p', { class: 'typing-line' });
  let shown = null;
  let messages = null;
  let transfers = null;

  function renderOpen() {
    if (shown === (store.open?.id ?? null)) return;
    messages?.close();
    transfers?.close();
    messages = transfers = null;
    shown = store.open?.id ?? null;
    if (!shown) {
      side.replaceChildren(placeholder);
      return;
    }
    messages = messageListView({ store, chat, conversationId: shown });
    const composer = composerView({ chat, conversationId: shown, onSent: () => messages.toNewest() });
    transfers = transfersView({ store, chat, conversationId: shown });
    side.replaceChildren(header, messages.node, typing, transfers.node, composer.node);
    messages.render();
    composer.resize();
    renderPeople();
    // On a touch screen the focus would bring up the keyboard.
    if (matchMedia('(pointer: fine)').matches) composer.focus();
    else side.focus({ preventScroll: true });
  }

  function renderPeople() {
    const conversation = store.open;
    if (!conversation) return;
    const title = store.title(conversation);
    const isPrivate = conversation.type === 'private';
    const [other] = store.others(conversation);
    const online = isPrivate ? store.online.get(other) ?? null : null;
    const detail = isPrivate ? (online === null ? '' : online ? 'online' : 'offline') : conversation.members.map((id) => store.nameOf(id)).join(', ');
    header.replaceChildren(
      element('a', { class: 'quiet back', href: '#/', 'aria-label': 'Back to the conversations' }, icon('back')),
      avatar(title, isPrivate ? other ?? conversation.id : conversation.id, online),
      element('div', { class: 'who' }, element('h1', {}, title), element('p', { class: 'detail' }, detail)));
    const writers = store.typingIn(conversation.id).map((id) => store.nameOf(id));
    typing.textContent = writers.length === 0 ? '' : `${writers.join(', ')} ${writers.length === 1 ? 'is' : 'are'} typing…`;
  }

  /** Files may be dropped anywhere on the conversation; the browser would leave the page to show them. */
  function onDrag(event) {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = shown ? 'copy' : 'none';
    side.classList.toggle('dropping', shown !== null);
  }

  function onDrop(event) {
    side.classList.remove('dropping');
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    if (shown) for (const file of event.dataTransfer.files) chat.uploads.add(shown, file);
  }

  side.addEventListener('dragover', onDrag);
  side.addEventListener('dragleave', (event) => !side.contains(event.relatedTarget) && side.classList.remove('dropping'));
  side.addEventListener('drop', onDrop);
  store.on('open conversations', renderOpen);
  store.on('open conversations people', renderPeople);
  renderOpen();
  return side;
}
