import { Thread, messageOf } from './thread.js';

const TypingLasts = 5_000;
const Frame = 16;

/**
 * Everything the page shows, and the rules by which answers and events change it. No DOM, no network.
 * Topics: `conversations`, `thread`, `people` (presence, typing), `connection`, `open`, `transfers`; listeners run
 * at once, but not more often than the screen is drawn, however many changes there are.
 */
export class Store {
  me = null;
  /** `connecting` or `connected`. */
  connection = 'connecting';
  /** Id of the conversation on screen, or null. */
  openId = null;
  conversations = new Map();
  listed = false;
  nextCursor = null;
  /** Files on their way to the server, by a number of the page's own. */
  transfers = new Map();
  /** User id → whether online, as far as anybody has said. */
  online = new Map();
  /** Called with each message of somebody else as it comes in, never for history. */
  onIncoming = () => {};

  #threads = new Map();
  #names = new Map();
  #typing = new Map();
  #listeners = [];
  #changed = new Set();
  #publishedAt = 0;

  /** Answers a function that ends the subscription. */
  on(topics, listener) {
    const entry = { topics: topics.split(' '), listener };
    this.#listeners.push(entry);
    return () => { this.#listeners = this.#listeners.filter((one) => one !== entry); };
  }

  changed(topic) {
    if (this.#changed.size === 0) {
      const wait = this.#publishedAt + Frame - performance.now();
      if (wait <= 0) queueMicrotask(() => this.#publish());
      else setTimeout(() => this.#publish(), wait);
    }
    this.#changed.add(topic);
  }

  // What views read.

  get open() {
    return this.conversations.get(this.openId) ?? null;
  }

  thread(id) {
    if (!this.#threads.has(id)) this.#threads.set(id, new Thread());
    return this.#threads.get(id);
  }

  threads() {
    return this.#threads.values();
  }

  sorted() {
    return [...this.conversations.values()].sort((a, b) => (a.updatedAt < b.updatedAt ? 1 : -1));
  }

  get unread() {
    return [...this.conversations.values()].reduce((sum, one) => sum + one.unread, 0);
  }

  others(conversation) {
    return conversation.members.filter((id) => id !== this.me.id);
  }

  nameOf(userId) {
    return userId === this.me.id ? 'You' : this.#names.get(userId) ?? userId;
  }

  title(conversation) {
    return conversation.metadata.name || this.others(conversation).map((id) => this.nameOf(id)).join(', ') || 'Only you';
  }

  /** One line for the list and for announcements. */
  preview(payload) {
    switch (payload.type) {
      case 'text': return payload.text;
      case 'file': return 'File';
      case 'template': return `Template ${payload.name}`;
      case 'system': return `${this.nameOf(payload.user_id)} ${payload.event === 'member.left' ? 'left' : 'joined'}`;
      default: return payload.type;
    }
  }

  typingIn(conversationId) {
    return [...(this.#typing.get(conversationId)?.keys() ?? [])];
  }

  /** Where a resume starts: the end of what is on screen, else the end of what the list counted. */
  positions() {
    const entries = [...this.conversations.values()].map(({ id, lastSeq }) => {
      const thread = this.#threads.get(id);
      return [id, thread?.loaded ? thread.wholeUpTo : lastSeq];
    });
    return Object.fromEntries(entries);
  }

  // What answers bring.

  /** A row of the list; or what events and single answers say: without `unread_count`, nothing about this user. */
  putConversation(row) {
    const known = this.conversations.get(row.conversation_id);
    const fresh = conversationOf(row);
    if (known && row.unread_count === undefined) {
      const { type, members, metadata } = fresh;
      Object.assign(fresh, known, { type, members, metadata });
    } else if (known) {
      // The answer may be older than an event that overtook it, and a read that is on its way to the server.
      fresh.lastReadSeq = Math.max(fresh.lastReadSeq, known.lastReadSeq);
      if (known.lastSeq > fresh.lastSeq) {
        const { lastSeq, lastMessage, updatedAt, unread } = known;
        Object.assign(fresh, { lastSeq, lastMessage, updatedAt, unread });
      }
      if (fresh.lastReadSeq >= fresh.lastSeq) fresh.unread = 0;
    }
    this.conversations.set(fresh.id, fresh);
    this.changed('conversations');
    this.changed('thread');
  }

  dropConversation(id) {
    this.conversations.delete(id);
    this.#threads.delete(id);
    this.changed('conversations');
    this.changed('open');
  }

  /** Forgets the messages, which are no longer what the server has. */
  resetThread(id) {
    this.#threads.delete(id);
    const conversation = this.conversations.get(id);
    if (conversation) Object.assign(conversation, { lastSeq: 0, lastReadSeq: 0 });
    this.changed('thread');
  }

  putPage(conversationId, rows) {
    const thread = this.thread(conversationId);
    for (const row of rows) thread.put(messageOf(row));
    thread.loaded = true;
    this.changed('thread');
  }

  putOutgoing(message) {
    this.thread(message.conversationId).outgoing.push(message);
    this.changed('thread');
  }

  setOutgoing(conversationId, id, changes) {
    const message = this.thread(conversationId).outgoing.find((one) => one.id === id);
    if (message) Object.assign(message, changes);
    this.changed('thread');
  }

  dropOutgoing(conversationId, id) {
    const thread = this.thread(conversationId);
    thread.outgoing = thread.outgoing.filter((one) => one.id !== id);
    this.changed('thread');
  }

  accepted(conversationId, { message_id: id, seq, created_at: createdAt }) {
    this.thread(conversationId).accepted(id, seq, createdAt);
    this.changed('thread');
  }

  // What events bring.

  messageCreated(data) {
    const message = messageOf(data);
    const conversation = this.conversations.get(message.conversationId);
    if (data.sender_name) this.#names.set(message.from, data.sender_name);
    const thread = this.#threads.get(message.conversationId);
    if (thread?.loaded && thread.put(message)) this.changed('thread');
    this.stopTyping(message.conversationId, message.from);
    if (!conversation || message.seq <= conversation.lastSeq) return;

    conversation.lastSeq = message.seq;
    conversation.updatedAt = message.createdAt;
    conversation.lastMessage = { from: message.from, preview: this.preview(message.payload) };
    if (message.from === this.me.id) {
      conversation.lastReadSeq = message.seq;
      conversation.unread = 0;
    } else if (message.payload.type !== 'system' && message.seq > conversation.lastReadSeq) {
      conversation.unread++;
      this.onIncoming(message, conversation);
    }
    this.changed('conversations');
  }

  /** A join or leave takes a `seq` like any message. */
  memberChanged(event, data) {
    const conversation = this.conversations.get(data.conversation_id);
    if (!conversation) return;
    const others = conversation.members.filter((id) => id !== data.user_id);
    conversation.members = event === 'member.left' ? others : [...others, data.user_id];
    const payload = { type: 'system', event, user_id: data.user_id };
    this.messageCreated({ ...data, sender_id: data.user_id, payload, created_at: new Date().toISOString() });
  }

  statusUpdated({ conversation_id: conversationId, message_id: messageId, new_status: status, message_status: messageStatus }) {
    // With message_status it is one delivery of several that moved; the message is as far as that says.
    this.#threads.get(conversationId)?.putStatus(messageId, messageStatus ?? status);
    this.changed('thread');
  }

  readUpTo({ conversation_id: conversationId, user_id: userId, last_read_seq: seq }) {
    if (userId !== this.me.id) {
      this.thread(conversationId).putRead(userId, seq);
      this.changed('thread');
      return;
    }
    const conversation = this.conversations.get(conversationId);
    if (!conversation || seq <= conversation.lastReadSeq) return;
    conversation.lastReadSeq = seq;
    conversation.unread = Math.min(conversation.unread, Math.max(0, conversation.lastSeq - seq));
    this.changed('conversations');
  }

  present({ user_id: userId, status }) {
    this.online.set(userId, status === 'online');
    this.changed('people');
  }

  startTyping({ conversation_id: conversationId, user_id: userId }) {
    if (userId === this.me.id) return;
    this.online.set(userId, true);
    const users = this.#typing.get(conversationId) ?? new Map();
    this.#typing.set(conversationId, users);
    clearTimeout(users.get(userId));
    users.set(userId, setTimeout(() => this.stopTyping(conversationId, userId), TypingLasts));
    this.changed('people');
  }

  stopTyping(conversationId, userId) {
    const users = this.#typing.get(conversationId);
    if (!users?.has(userId)) return;
    clearTimeout(users.get(userId));
    users.delete(userId);
    this.changed('people');
  }

  setConnection(state) {
    if (this.connection === state) return;
    this.connection = state;
    if (state === 'connecting') this.online.clear();
    this.changed('connection');
    this.changed('people');
  }

  #publish() {
    const changed = this.#changed;
    this.#changed = new Set();
    this.#publishedAt = performance.now();
    for (const { topics, listener } of this.#listeners) {
      if (topics.some((topic) => changed.has(topic))) listener();
    }
  }
}

function conversationOf(row) {
  return {
    id: row.conversation_id,
    type: row.type,
    members: row.members,
    metadata: row.metadata ?? {},
    lastMessage: row.last_message ?? null,
    lastSeq: row.last_seq ?? 0,
    lastReadSeq: row.last_read_seq ?? 0,
    unread: row.unread_count ?? 0,
    updatedAt: row.updated_at ?? row.created_at,
  };
}
