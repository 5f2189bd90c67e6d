import { Problem } from './problem.js';

const RequestTimeout = 15_000;
const ChunkTimeout = 300_000;
const DownloadTimeout = 3_600_000;

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
  send({ messageId, conversationId, payload }) {
    return this.#request('POST', '/v1/messages', {
      body: {
        message_id: messageId,
        conversation_id: conversationId,
        channels: ['chat4all'],
        payload,
      },
    });
  }

  initiateUpload({ conversationId, file, chunkSize }) {
    return this.#request('POST', '/v1/files/initiate', {
      body: {
        conversation_id: conversationId,
        filename: file.name,
        file_size: file.size,
        mime_type: file.type || 'application/octet-stream',
        chunk_size: chunkSize,
      },
    });
  }

  uploadStatus(id) {
    return this.#request('GET', `/v1/files/${id}/status`);
  }

  /** Sending the same chunk again is safe. */
  sendChunk(id, number, bytes, checksum, signal) {
    return this.#request('POST', `/v1/files/${id}/chunks`, { query: { chunk_number: number, checksum_sha256: checksum }, bytes, signal, timeout: ChunkTimeout });
  }

  completeUpload(id) {
    return this.#request('POST', `/v1/files/${id}/complete`);
  }

  abandonUpload(id) {
    return this.#request('DELETE', `/v1/files/${id}`);
  }

  file(id) {
    return this.#request('GET', `/v1/files/${encodeURIComponent(id)}`);
  }

  /** The content as a blob, through this server also where it lies elsewhere. */
  fileContent(id) {
    return this.#request('GET', `/v1/files/${encodeURIComponent(id)}/content`, { query: { redirect: false }, answer: 'blob', timeout: DownloadTimeout });
  }

  async #request(method, path, { query = {}, answer = 'json', ...content } = {}) {
    const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
    const url = given.length > 0 ? `${path}?${new URLSearchParams(given)}` : path;
    let response = await this.#fetch(method, url, content);
    if (response.status === 401) {
      // Expired on the way, or the server's keys changed: one new token, one more try.
      await this.#session.renew();
      response = await this.#fetch(method, url, content);
    }
    if (!response.ok) throw await Problem.from(response);
    return response.status === 204 ? null : this.#read(response, answer);
  }

  async #read(response, answer) {
    try {
      return await response[answer]();
    } catch {
      throw Problem.unreachable();
    }
  }

  async #fetch(method, url, { body, bytes, signal, timeout = RequestTimeout }) {
    const headers = { Authorization: `Bearer ${await this.#session.accessToken()}` };
    if (body) headers['Content-Type'] = 'application/json';
    if (bytes) headers['Content-Type'] = 'application/octet-stream';
    const limit = AbortSignal.timeout(timeout);
    try {
      return await fetch(url, {
        method,
        headers,
        body: bytes ?? (body && JSON.stringify(body)),
        signal: signal ? AbortSignal.any([signal, limit]) : limit,
      });
    } catch {
      throw Problem.unreachable();
    }
  }
}
