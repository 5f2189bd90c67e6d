const Advance = ['accepted', 'in_transit', 'delivered', 'read'];

/** More missing messages than this are not fetched one page after the other: the older part is let go instead. */
const LargestGap = 300;

/** What is kept of a conversation that is not on screen. */
const Kept = 200;

/** A message as the page holds it, from a REST row or from a `message.created` event. */
export function messageOf(row) {
  return {
    id: row.message_id,
    conversationId: row.conversation_id,
    seq: row.seq,
    from: row.sender_id ?? row.from,
    payload: row.payload ?? { type: 'text', text: row.content ?? '' },
    status: row.status ?? 'accepted',
    createdAt: row.created_at,
  };
}

/**
 * The messages of one conversation: a run of `seq` without holes, and below it what this page sends and
 * has no answer for yet. Every change is idempotent, so events, pages and answers may come in any order.
 */
export class Thread {
  /** Ascending by `seq`. */
  messages = [];
  /** In sending order; `status` is `pending` or `unsent`. */
  outgoing = [];
  /** True once a page was loaded; before that nothing is kept. */
  loaded = false;
  /** True when events may have been missed, so that the newest page has to be read again. */
  stale = false;
  hasOlder = true;
  loading = false;

  #byId = new Map();
  #reads = new Map();

  get firstSeq() {
    return this.messages[0]?.seq ?? 0;
  }

  /** The last `seq` before the oldest hole: nothing up to here is missing. */
  get wholeUpTo() {
    const at = this.messages.findIndex((message, index) => this.messages[index + 1]?.seq !== message.seq + 1);
    return this.messages[at]?.seq ?? 0;
  }

  /** Adds or refreshes one message. True when that changed something to see. */
  put(message) {
    this.outgoing = this.outgoing.filter((one) => one.id !== message.id);
    const known = this.#byId.get(message.id);
    if (known) {
      const before = known.status;
      known.status = later(before, message.status);
      return known.status !== before;
    }
    let at = this.messages.length;
    while (at > 0 && this.messages[at - 1].seq > message.seq) at--;
    if (this.messages[at - 1]?.seq === message.seq) return false;
    this.messages.splice(at, 0, message);
    this.#byId.set(message.id, message);
    // Whoever writes has read what is above; the server moves the writer's cursor in the same way.
    if (message.payload.type !== 'system') this.putRead(message.from, message.seq);
    return true;
  }

  putStatus(messageId, status) {
    const message = this.#byId.get(messageId);
    if (message) message.status = later(message.status, status);
  }

  /** The answer to a send: from now on the message has its place. */
  accepted(messageId, seq, createdAt) {
    const sent = this.outgoing.find((one) => one.id === messageId);
    if (!sent) return;
    this.put({ ...sent, seq, status: 'accepted', createdAt: createdAt ?? sent.createdAt });
  }

  putRead(userId, seq) {
    this.#reads.set(userId, Math.max(seq, this.#reads.get(userId) ?? 0));
  }

  /** `read` as soon as all the others' cursors are past it; the stored status follows a moment later. */
  statusOf(message, others) {
    if (message.status === 'failed' || !message.seq || others.length === 0) return message.status;
    return others.every((user) => (this.#reads.get(user) ?? 0) >= message.seq) ? 'read' : message.status;
  }

  /** The `seq` before the newest hole, or null. A hole too large to fill is closed by dropping what is above it. */
  gap() {
    for (let at = this.messages.length - 1; at > 0; at--) {
      const missing = this.messages[at].seq - this.messages[at - 1].seq - 1;
      if (missing <= 0) continue;
      if (missing <= LargestGap) return this.messages[at - 1].seq;
      this.#dropOldest(at);
      return null;
    }
    return null;
  }

  /** Lets go what scrolling up had brought. */
  trim() {
    if (this.messages.length > Kept) this.#dropOldest(this.messages.length - Kept);
  }

  #dropOldest(count) {
    for (const message of this.messages.splice(0, count)) this.#byId.delete(message.id);
    this.hasOlder = true;
  }
}

/** Statuses only advance; a failure does not undo a delivery, and a later receipt undoes a failure. */
function later(known, next) {
  if (next === 'failed') return known === 'delivered' || known === 'read' ? known : next;
  if (known === 'failed') return next === 'delivered' || next === 'read' ? next : known;
  return Advance.indexOf(next) > Advance.indexOf(known) ? next : known;
}
