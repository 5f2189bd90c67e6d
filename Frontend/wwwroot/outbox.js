const StorageKey = 'chat4all.outbox';
const Delays = [500, 1_000, 2_000, 4_000, 8_000, 15_000];

/**
 * Sends one message after the other, so that the order of typing is the order of `seq`, and again with the
 * same id until there is an answer: the server knows the id, so nothing is doubled. Kept in sessionStorage,
 * so a reload loses nothing either.
 */
export class Outbox {
  #api;
  #store;
  #storage;
  #onRefused;
  #queue;
  #sending = false;
  #closed = false;
  #wake = () => {};

  constructor(api, store, storage, onRefused) {
    this.#api = api;
    this.#store = store;
    this.#storage = storage;
    this.#onRefused = onRefused;
    // Before files there was only text.
    this.#queue = JSON.parse(storage.getItem(StorageKey) ?? '[]').map((item) => ({ payload: { type: 'text', text: item.text }, ...item }));
    for (const item of this.#queue) this.#show(item);
  }

  send(conversationId, payload) {
    const item = { messageId: newMessageId(), conversationId, payload, createdAt: new Date().toISOString() };
    this.#queue.push(item);
    this.#show(item);
    this.#save();
    this.#run();
  }

  /** Tries a refused message once more. */
  retry(messageId) {
    const item = this.#queue.find((one) => one.messageId === messageId);
    if (!item) return;
    item.refused = false;
    this.#store.setOutgoing(item.conversationId, messageId, { status: 'pending' });
    this.#save();
    this.#run();
  }

  discard(messageId) {
    const item = this.#queue.find((one) => one.messageId === messageId);
    if (!item) return;
    this.#remove(item);
    this.#store.dropOutgoing(item.conversationId, messageId);
  }

  /** The connection is back: whatever waits for its next attempt need not wait. */
  wake() {
    this.#wake();
    this.#run();
  }

  close() {
    this.#closed = true;
    this.#wake();
    this.#storage.removeItem(StorageKey);
  }

  async #run() {
    if (this.#sending) return;
    this.#sending = true;
    for (let attempt = 0, item; !this.#closed && (item = this.#queue.find((one) => !one.refused));) {
      try {
        const answer = await this.#api.send(item);
        this.#remove(item);
        this.#store.accepted(item.conversationId, answer);
        attempt = 0;
      } catch (problem) {
        if (problem.transient) await this.#pause(problem.retryAfter, attempt++);
        else if (!this.#closed) this.#refuse(item, problem);
      }
    }
    this.#sending = false;
  }

  #refuse(item, problem) {
    item.refused = true;
    this.#save();
    this.#store.setOutgoing(item.conversationId, item.messageId, { status: 'unsent' });
    this.#onRefused(problem);
  }

  #pause(retryAfter, attempt) {
    const delay = retryAfter ? retryAfter * 1_000 : Delays[Math.min(attempt, Delays.length - 1)];
    return new Promise((resolve) => {
      // When the server named a time, being connected again is no reason to come earlier.
      this.#wake = retryAfter && !this.#closed ? () => {} : resolve;
      setTimeout(resolve, delay);
    });
  }

  #show(item) {
    this.#store.putOutgoing({
      id: item.messageId,
      conversationId: item.conversationId,
      seq: null,
      from: this.#store.me.id,
      payload: item.payload,
      status: item.refused ? 'unsent' : 'pending',
      createdAt: item.createdAt,
    });
  }

  #remove(item) {
    this.#queue = this.#queue.filter((one) => one !== item);
    this.#save();
  }

  #save() {
    this.#storage.setItem(StorageKey, JSON.stringify(this.#queue));
  }
}

/** A UUIDv7. `crypto.randomUUID` is missing where the page is served over plain HTTP from another machine. */
function newMessageId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const now = Date.now();
  for (let at = 0; at < 6; at++) bytes[at] = Math.floor(now / 256 ** (5 - at)) % 256;
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
