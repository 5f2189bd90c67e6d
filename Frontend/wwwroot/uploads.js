import { Problem } from './problem.js';

const Mebibyte = 1_048_576;
const Delays = [500, 1_000, 2_000, 4_000, 8_000];
const MergePatience = [100, 200, 400, 800, 1_000];

/** Small chunks for small files, so that the progress bar moves. */
const chunkSizeFor = (size) => (size <= 50 * Mebibyte ? Mebibyte : 5 * Mebibyte);

/**
 * Files on their way to the server, chunk by chunk, each with its hash. What is interrupted asks the server what is
 * missing and goes on with that; only the page itself must stay open. A completed file is sent as a message.
 */
export class Uploads {
  #api;
  #store;
  #send;
  #closed = false;
  #count = 0;

  /** send: called with a conversation and the payload of the message. */
  constructor(api, store, send) {
    this.#api = api;
    this.#store = store;
    this.#send = send;
  }

  add(conversationId, file) {
    const transfer = { key: ++this.#count, conversationId, file, name: file.name, size: file.size, sent: 0, state: 'uploading', problem: null, uploadId: null, stop: null };
    this.#store.transfers.set(transfer.key, transfer);
    this.#run(transfer);
  }

  pause(key) {
    this.#halt(this.#store.transfers.get(key), 'paused');
  }

  resume(key) {
    const transfer = this.#store.transfers.get(key);
    if (transfer?.state === 'paused' || transfer?.state === 'failed') this.#run(transfer);
  }

  cancel(key) {
    const transfer = this.#store.transfers.get(key);
    if (!transfer || transfer.state === 'finishing') return;
    this.#halt(transfer, 'cancelled');
    this.#drop(transfer);
    // Whatever does not get there expires.
    if (transfer.uploadId) this.#api.abandonUpload(transfer.uploadId).catch(() => {});
  }

  close() {
    this.#closed = true;
    for (const transfer of this.#store.transfers.values()) this.#halt(transfer, 'paused');
  }

  #halt(transfer, state) {
    if (transfer?.state !== 'uploading') return;
    this.#set(transfer, { state });
    transfer.stop.abort();
  }

  async #run(transfer) {
    const stop = new AbortController();
    this.#set(transfer, { state: 'uploading', problem: null, stop });
    for (let attempt = 0; !stop.signal.aborted;) {
      try {
        await this.#upload(transfer, stop.signal, () => { attempt = 0; });
        await this.#finish(transfer);
        return;
      } catch (problem) {
        if (stop.signal.aborted) return;
        if (problem.transient) {
          this.#set(transfer, { problem: problem.message });
          await pause(problem.retryAfter ? problem.retryAfter * 1_000 : Delays[Math.min(attempt++, Delays.length - 1)], stop.signal);
        } else {
          // Begun anew when it is tried again: the server has ended it.
          this.#set(transfer, { state: 'failed', problem: problem.message, uploadId: null, sent: 0 });
          return;
        }
      }
    }
  }

  async #upload(transfer, signal, onProgress) {
    const { file, conversationId } = transfer;
    if (!transfer.uploadId) {
      const opened = await this.#api.initiateUpload({ conversationId, file, chunkSize: chunkSizeFor(file.size) });
      if (signal.aborted) {
        await this.#api.abandonUpload(opened.upload_id);
        return;
      }
      Object.assign(transfer, { uploadId: opened.upload_id, chunkSize: opened.chunk_size });
    }
    const { missing_chunks: missing } = await this.#api.uploadStatus(transfer.uploadId);
    const length = (number) => Math.min(transfer.chunkSize, file.size - (number - 1) * transfer.chunkSize);
    this.#set(transfer, { sent: file.size - missing.reduce((sum, number) => sum + length(number), 0) });
    for (const number of missing) {
      signal.throwIfAborted();
      const bytes = await contentOf(file, (number - 1) * transfer.chunkSize, length(number));
      await this.#api.sendChunk(transfer.uploadId, number, bytes, await sha256(bytes), signal);
      onProgress();
      this.#set(transfer, { sent: transfer.sent + length(number), problem: null });
    }
    signal.throwIfAborted();
  }

  async #finish(transfer) {
    const { uploadId, conversationId } = transfer;
    this.#set(transfer, { state: 'finishing' });
    try {
      await this.#api.completeUpload(uploadId);
      for (let attempt = 0; !this.#closed; attempt++) {
        const { status, error } = await this.#api.uploadStatus(uploadId);
        if (status === 'completed') {
          this.#drop(transfer);
          this.#send(conversationId, { type: 'file', file_id: uploadId });
          return;
        }
        if (status === 'failed') throw new Problem({ status: 409, code: error, message: `The server refused the file (${error}).` });
        await pause(MergePatience[Math.min(attempt, MergePatience.length - 1)]);
      }
    } catch (problem) {
      if (problem.transient) this.#set(transfer, { state: 'uploading' });
      throw problem;
    }
  }

  #set(transfer, changes) {
    Object.assign(transfer, changes);
    this.#store.changed('transfers');
  }

  #drop(transfer) {
    this.#store.transfers.delete(transfer.key);
    this.#store.changed('transfers');
  }
}

async function contentOf(file, start, length) {
  try {
    return await file.slice(start, start + length).arrayBuffer();
  } catch {
    throw new Problem({ status: 400, code: 'file_unreadable', message: 'The file cannot be read any more.' });
  }
}

/** In hex; null where the page is served over plain HTTP from another machine, which has no `crypto.subtle`. */
async function sha256(bytes) {
  if (!globalThis.crypto?.subtle) return null;
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function pause(delay, signal) {
  return new Promise((resolve) => {
    setTimeout(resolve, delay);
    signal?.addEventListener('abort', resolve, { once: true });
  });
}
