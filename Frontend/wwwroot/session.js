import { Problem } from './problem.js';

const StorageKey = 'chat4all.session';
const RequestTimeout = 15_000;
const RetryDelay = 5_000;

/**
 * Who is signed in, and a token that is still good. Kept in sessionStorage: a reload keeps the user,
 * and two tabs may be two users.
 */
export class Session {
  /** Called after the access token was replaced. */
  onRenewed = () => {};
  /** Called when the refresh token is no longer good, or after sign-out. */
  onEnded = () => {};

  #storage;
  #tokens;
  #renewal = null;
  #timer = 0;

  constructor(storage) {
    this.#storage = storage;
    this.#tokens = JSON.parse(storage.getItem(StorageKey) ?? 'null');
    if (this.#tokens) this.#schedule();
  }

  get active() {
    return this.#tokens !== null;
  }

  async signIn(clientId, clientSecret) {
    this.#keep(await post('/auth/token', {
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      scope: 'read write',
    }));
  }

  /** An access token that the server will still accept when the request arrives. */
  async accessToken() {
    if (this.#tokens && this.#ageing()) await this.renew();
    if (!this.#tokens) throw new Problem({ status: 401, code: 'signed_out', message: 'Please sign in again.' });
    return this.#tokens.accessToken;
  }

  /** Exchanges the refresh token; callers that come together share one request. */
  renew() {
    this.#renewal ??= this.#renew().finally(() => { this.#renewal = null; });
    return this.#renewal;
  }

  async end() {
    const refreshToken = this.#tokens?.refreshToken;
    this.#forget();
    if (refreshToken) await post('/auth/revoke', { refresh_token: refreshToken });
  }

  async #renew() {
    if (!this.#tokens) return;
    try {
      this.#keep(await post('/auth/refresh', {
        grant_type: 'refresh_token',
        refresh_token: this.#tokens.refreshToken,
      }));
    } catch (problem) {
      if (problem.transient) this.#schedule(RetryDelay);
      else this.#forget();
      throw problem;
    }
    this.onRenewed();
  }

  #keep(answer) {
    // However short a lifetime is configured, most of it passes before the next renewal.
    const lifetime = Math.max(answer.expires_in, 4) * 1_000;
    this.#tokens = {
      accessToken: answer.access_token,
      refreshToken: answer.refresh_token ?? this.#tokens?.refreshToken,
      renewAt: Date.now() + lifetime - Math.min(60_000, lifetime / 4),
      dueAt: Date.now() + lifetime - Math.min(10_000, lifetime / 8),
    };
    this.#storage.setItem(StorageKey, JSON.stringify(this.#tokens));
    this.#schedule();
  }

  #forget() {
    clearTimeout(this.#timer);
    this.#storage.removeItem(StorageKey);
    if (!this.#tokens) return;
    this.#tokens = null;
    this.onEnded();
  }

  /** A laptop that slept wakes with its timers late, so every use checks the clock too. */
  #ageing() {
    return Date.now() > this.#tokens.dueAt;
  }

  #schedule(delay = Math.max(0, this.#tokens.renewAt - Date.now())) {
    clearTimeout(this.#timer);
    // A failure has arranged its own next attempt or has ended the session.
    this.#timer = setTimeout(() => this.renew().catch(() => {}), delay);
  }
}

async function post(path, body) {
  let response;
  try {
    response = await fetch(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(RequestTimeout),
    });
  } catch {
    throw Problem.unreachable();
  }
  if (!response.ok) throw await Problem.from(response);
  return response.json();
}
