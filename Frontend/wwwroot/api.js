import { Problem } from './problem.js';

const RequestTimeout = 15_000;

/** The REST calls that the page needs, with the session's token. Every failure is a `Problem`. */
export class Api {
  #session;

  constructor(session) {
    this.#session = session;
  }

  me() {
    return this.#request('GET', '/v1/users/me');
  }

  /** A page of conversations, newest activity first; `cursor` from the page before. */
  conversations(cursor) {
    return this.#request('GET', '/v1/conversations', { query: { limit: 50, cursor } });
  }

  conversation(id) {
    return this.#request('GET', `/v1/conversations/${encodeURIComponent(id)}`);
  }

  createConversation({ type, members, name }) {
    return this.#request('POST', '/v1/conversations', { body: { type, members, metadata: name ? { name } : undefined } });
  }

  /** Ascending by `seq`: the newest page, the page before a `seq`, or the page after one. */
  async messages(id, { beforeSeq, afterSeq, limit = 50 } = {}) {
    const answer = await this.#request('GET', `/v1/conversations/${encodeURIComponent(id)}/messages`, {
      query: { limit, before_seq: beforeSeq, after_seq: afterSeq },
    });
    return answer.messages;
  }

  /** Sending the same `messageId` again is safe: the server answers as it did the first time. */
  send({ messageId, conversationId, text }) {
    return this.#request('POST', '/v1/messages', {
      body: {
        message_id: messageId,
        conversation_id: conversationId,
        channels: ['chat4all'],
        payload: { type: 'text', text },
      },
    });
  }

  async #request(method, path, { query = {}, body } = {}) {
    const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
    const url = given.length > 0 ? `${path}?${new URLSearchParams(given)}` : path;
    let response = await this.#fetch(method, url, body);
    if (response.status === 401) {
      // Expired on the way, or the server's keys changed: one new token, one more try.
      await this.#session.renew();
      response = await this.#fetch(method, url, body);
    }
    if (!response.ok) throw await Problem.from(response);
    return response.json();
  }

  async #fetch(method, url, body) {
    const headers = { Authorization: `Bearer ${await this.#session.accessToken()}` };
    if (body) headers['Content-Type'] = 'application/json';
    try {
      return await fetch(url, {
        method,
        headers,
        body: body && JSON.stringify(body),
        signal: AbortSignal.timeout(RequestTimeout),
      });
    } catch {
      throw Problem.unreachable();
    }
  }
}
