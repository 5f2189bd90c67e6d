import { Live } from './live.js';
import { Outbox } from './outbox.js';
import { Problem } from './problem.js';
import { Uploads } from './uploads.js';

const ReadInterval = 1_000;
const TypingInterval = 3_000;
const GapPatience = 80;

/** A signed-in page at work: keeps the store in line with the server, and carries out what the user does. */
export class Chat {
  /** Files on their way to the server. */
  uploads;
  /** Shows a problem to the user. */
  report;

  #api;
  #store;
  #live;
  #outbox;
  #gapTimers = new Map();
  #reads = new Map();
  #readTimer = 0;
  #typingSentAt = 0;
  #files = new Map();

  constructor({ session, api, store, storage, report }) {
    this.#api = api;
    this.#store = store;
    this.report = report;
    this.#outbox = new Outbox(api, store, storage, report);
    this.uploads = new Uploads(api, store, (id, payload) => this.#outbox.send(id, payload));
    this.#live = new Live({
      accessToken: () => session.accessToken(),
      renewToken: () => session.renew(),
      onState: (state) => this.#onState(state),
      catchUp: () => this.#catchUp(),
      onEvent: (type, data) => this.#onEvent(type, data),
    });
    session.onRenewed = () => this.#live.renew();
  }

  start() {
    this.#live.start();
    // The list need not wait for the hub; the first catch-up reads it again and finds little to do.
    this.#refreshList().catch(this.report);
  }

  async stop() {
    clearTimeout(this.#readTimer);
    this.uploads.close();
    this.#outbox.close();
    await this.#live.stop();
  }

  async open(id) {
    if (this.#store.openId) this.#store.thread(this.#store.openId).trim();
    this.#store.openId = id;
    this.#store.changed('open');
    if (!id) return;
    try {
      if (!this.#store.conversations.has(id)) this.#store.putConversation(await this.#api.conversation(id));
      if (this.#needsRefresh(id)) await this.#refreshThread(id);
    } catch (problem) {
      this.report(problem);
    }
  }

  async loadOlder(id) {
    const thread = this.#store.thread(id);
    if (!thread.loaded || !thread.hasOlder || thread.loading) return;
    thread.loading = true;
    this.#store.changed('thread');
    try {
      const rows = await this.#api.messages(id, { beforeSeq: thread.firstSeq });
      this.#store.putPage(id, rows);
      thread.hasOlder = rows.length > 0 && thread.firstSeq > 1;
    } catch (problem) {
      this.report(problem);
    } finally {
      thread.loading = false;
      this.#store.changed('thread');
    }
  }

  async loadMoreConversations() {
    try {
      await this.#listPage(this.#store.nextCursor);
    } catch (problem) {
      this.report(problem);
    }
  }

  /** Answers the id of the new conversation, or of the private one that was there already. */
  async create(request) {
    const row = await this.#api.createConversation(request);
    if (!this.#store.conversations.has(row.conversation_id)) this.#store.putConversation(row);
    return row.conversation_id;
  }

  send(id, text) {
    this.#typingSentAt = 0;
    this.#outbox.send(id, { type: 'text', text });
  }

  /** What a file is; asked once. */
  file(id) {
    if (!this.#files.has(id)) {
      const answer = this.#api.file(id);
      answer.catch(() => this.#files.delete(id));
      this.#files.set(id, answer);
    }
    return this.#files.get(id);
  }

  fileContent(id) {
    return this.#api.fileContent(id);
  }

  retry(messageId) {
    this.#outbox.retry(messageId);
  }

  discard(messageId) {
    this.#outbox.discard(messageId);
  }

  /** Everything up to `seq` has been on screen. The store knows at once, the server at most once a second. */
  read(conversationId, seq) {
    const conversation = this.#store.conversations.get(conversationId);
    if (!conversation || seq <= conversation.lastReadSeq) return;
    this.#store.readUpTo({ conversation_id: conversationId, user_id: this.#store.me.id, last_read_seq: seq });
    this.#reads.set(conversationId, seq);
    this.#sendReads();
  }

  typing(conversationId) {
    if (Date.now() - this.#typingSentAt < TypingInterval) return;
    this.#typingSentAt = Date.now();
    // Nobody misses a typing sign that got lost.
    this.#live.invoke('Typing', { conversation_id: conversationId }).catch(() => {});
  }

  #onState(state) {
    this.#store.setConnection(state);
    if (state === 'connecting') for (const thread of this.#store.threads()) thread.stale = thread.loaded;
  }

  /**
   * After every connect. The list first: it brings conversations made meanwhile, and its counts are right for what
   * it has seen; the resume then replays what came after the messages on screen. Both may overlap, as the store
   * takes each `seq` once.
   */
  async #catchUp() {
    await this.#refreshList();
    await this.#resume();
    const { openId } = this.#store;
    if (openId && this.#needsRefresh(openId)) await this.#refreshThread(openId);
    this.#sendReads();
    this.#outbox.wake();
  }

  async #resume() {
    const results = await this.#live.invoke('Resume', { conversations: this.#store.positions() });
    for (const { conversation_id: id, code } of results) {
      switch (code ?? 'resumed') {
        case 'resumed': break;
        case 'not_member':
        case 'unknown': this.#store.dropConversation(id); break;
        case 'future_seq': await this.#startOver(id); break;
        default: throw new Problem({ status: 503, code, message: 'The server could not read its store.' });
      }
    }
  }

  /** The server knows less than this page: its store was restored from a backup. */
  async #startOver(id) {
    this.#store.resetThread(id);
    await this.#refreshList();
    if (this.#store.openId === id) await this.#refreshThread(id);
  }

  #onEvent(type, data) {
    switch (type) {
      case 'message.created':
        this.#store.messageCreated(data);
        this.#adopt(data.conversation_id);
        this.#fill(data.conversation_id);
        break;
      case 'message.status_updated': this.#store.statusUpdated(data); break;
      case 'conversation.read': this.#store.readUpTo(data); break;
      case 'conversation.created':
      case 'conversation.updated': this.#store.putConversation(data); break;
      case 'member.joined':
      case 'member.left': this.#memberChanged(type, data); break;
      case 'typing': this.#store.startTyping(data); break;
      case 'presence': this.#store.present(data); break;
      default: // Later versions may say more than this page understands.
    }
  }

  #memberChanged(type, data) {
    if (type === 'member.left' && data.user_id === this.#store.me.id) {
      this.#store.dropConversation(data.conversation_id);
      return;
    }
    this.#store.memberChanged(type, data);
    this.#adopt(data.conversation_id);
  }

  /** A conversation that came without an announcement, say by being added to a group: its line is on top of the list. */
  #adopt(id) {
    if (!this.#store.conversations.has(id)) this.#refreshList().catch(this.report);
  }

  async #refreshList() {
    await this.#listPage(null);
    this.#store.listed = true;
  }

  async #listPage(cursor) {
    const page = await this.#api.conversations(cursor);
    for (const row of page.conversations) this.#store.putConversation(row);
    this.#store.nextCursor = page.next_cursor ?? null;
    this.#store.changed('conversations');
  }

  /** Not read yet, or what was on its way when the connection broke never came; or events may have been missed. */
  #needsRefresh(id) {
    const thread = this.#store.thread(id);
    return !thread.loaded || thread.stale;
  }

  async #refreshThread(id) {
    const thread = this.#store.thread(id);
    const rows = await this.#api.messages(id);
    const first = !thread.loaded;
    this.#store.putPage(id, rows);
    thread.stale = false;
    if (first) thread.hasOlder = thread.firstSeq > 1;
    this.#fill(id);
  }

  /** Reads what is missing between the messages on screen, once live events had their chance to bring it. */
  #fill(id) {
    if (this.#gapTimers.has(id) || this.#store.thread(id).gap() === null) return;
    this.#gapTimers.set(id, setTimeout(async () => {
      this.#gapTimers.delete(id);
      const afterSeq = this.#store.thread(id).gap();
      if (afterSeq === null) return;
      try {
        this.#store.putPage(id, await this.#api.messages(id, { afterSeq, limit: 100 }));
        this.#fill(id);
      } catch (problem) {
        this.report(problem);
      }
    }, GapPatience));
  }

  /** At once, then at most one a second: the server counts frames. */
  #sendReads() {
    if (this.#readTimer || this.#reads.size === 0 || !this.#live.connected) return;
    this.#readTimer = setTimeout(() => {
      this.#readTimer = 0;
      this.#sendReads();
    }, ReadInterval);
    for (const [id, seq] of this.#reads) {
      this.#live.invoke('MarkRead', { conversation_id: id, up_to_seq: seq }).then(
        () => this.#reads.get(id) === seq && this.#reads.delete(id),
        () => {}); // The next round, or the next connect, says it again.
    }
  }
}
