import { Api } from './api.js';
import { Chat } from './chat.js';
import { Session } from './session.js';
import { Store } from './store.js';
import { conversationListView } from './views/conversationList.js';
import { conversationView } from './views/conversation.js';
import { element } from './views/dom.js';
import { newConversationDialog } from './views/newConversation.js';
import { signInView } from './views/signIn.js';
import { Toasts } from './views/toasts.js';

const RestoreInterval = 2_000;
const root = document.getElementById('app');
const announcer = document.getElementById('announcer');
const toasts = new Toasts(document.getElementById('toasts'));
const session = new Session(sessionStorage);
const api = new Api(session);

let store = null;
let chat = null;

session.onEnded = () => {
  chat?.stop();
  store = chat = null;
  document.title = 'Chat4All';
  showSignIn('You are signed out.');
};

/** Problems with an action. That the server is away is on screen already. */
function report(problem) {
  if (problem.code === 'signed_out' || (problem.code === 'unreachable' && store?.connection !== 'connected')) return;
  toasts.show(problem.message);
}

function showSignIn(notice) {
  delete document.body.dataset.view;
  root.replaceChildren(signInView({
    notice,
    async signIn(id, secret) {
      await session.signIn(id, secret);
      await showChat();
    },
  }));
}

async function showChat() {
  const me = await api.me();
  store = new Store();
  store.me = { id: me.user_id, name: me.display_name || me.username || me.user_id };
  store.onIncoming = announce;
  chat = new Chat({ session, api, store, storage: sessionStorage, report });
  store.on('conversations', showUnread);
  root.replaceChildren(
    element('a', { class: 'skip', href: '#conversation', onclick: skip }, 'Go to the conversation'),
    conversationListView({ store, chat, startConversation, signOut: () => session.end().catch(report) }),
    conversationView({ store, chat }));
  chat.start();
  route();
}

function skip(event) {
  event.preventDefault();
  document.getElementById('conversation').focus();
}

function startConversation() {
  const dialog = newConversationDialog({
    store,
    async create(request) {
      location.hash = `#/c/${encodeURIComponent(await chat.create(request))}`;
    },
  });
  document.body.append(dialog);
  dialog.showModal();
}

/** `#/c/{id}` is a conversation, anything else the list; so the back button and a reload do what one expects. */
function route() {
  if (!chat) return;
  const [, id] = location.hash.match(/^#\/c\/(.+)$/) ?? [];
  document.body.dataset.view = id ? 'conversation' : 'list';
  chat.open(id ? decodeURIComponent(id) : null);
}

function announce(message, conversation) {
  const where = conversation.type === 'group' ? ` in ${store.title(conversation)}` : '';
  announcer.replaceChildren(element('p', {}, `${store.nameOf(message.from)}${where}: ${store.preview(message.payload)}`));
}

function showUnread() {
  const unread = store.unread;
  document.title = unread > 0 ? `(${unread}) Chat4All` : 'Chat4All';
}

addEventListener('hashchange', route);
addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && store?.openId && !document.querySelector('dialog[open]')) location.hash = '#/';
});

/** After a reload. The session outlives a server that is away for a moment. */
async function restore() {
  while (session.active) {
    try {
      return await showChat();
    } catch (problem) {
      if (!session.active) return;
      if (!problem.transient) return showSignIn(problem.message);
      root.replaceChildren(element('div', { class: 'sign-in' }, element('p', { role: 'status' }, `${problem.message} Trying again…`)));
      await new Promise((resolve) => { setTimeout(resolve, RestoreInterval); });
    }
  }
  showSignIn();
}

restore();
