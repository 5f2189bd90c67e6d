import './vendor/signalr.min.js';

const { HubConnectionBuilder, HubConnectionState, LogLevel } = globalThis.signalR;
const Delays = [100, 500, 1_000, 2_000, 4_000, 8_000];
const StartTimeout = 10_000;
const ProbeTimeout = 4_000;

/**
 * The connection to the hub, made again for as long as the page lives. `catchUp` runs after every connect and brings
 * what was missed; a connection that could not catch up is given up like one that broke.
 */
export class Live {
  #options;
  #current = null;
  #closed = new WeakMap();
  #stopped = false;
  #wake = () => {};

  /** options: `accessToken()`, `renewToken()`, `onEvent(type, data)`, `catchUp()`, `onState('connecting' | 'connected')`. */
  constructor(options) {
    this.#options = options;
  }

  start() {
    // The network's own word saves waiting for a timeout; a socket that looks alive is asked.
    addEventListener('online', this.#check);
    addEventListener('offline', this.#check);
    document.addEventListener('visibilitychange', this.#check);
    this.#run();
  }

  async stop() {
    this.#stopped = true;
    removeEventListener('online', this.#check);
    removeEventListener('offline', this.#check);
    document.removeEventListener('visibilitychange', this.#check);
    this.#wake();
    await this.#current?.stop();
  }

  get connected() {
    return this.#current?.state === HubConnectionState.Connected;
  }

  /** Calls a hub method; rejects when there is no connection. */
  invoke(method, argument) {
    return this.connected ? this.#current.invoke(method, argument) : Promise.reject(new Error('Not connected.'));
  }

  /** Moves to a connection with the newest token, the next one opened before the old one is closed. */
  async renew() {
    if (!this.connected) return;
    const old = this.#current;
    const next = this.#build();
    try {
      await this.#open(next);
    } catch {
      return; // The old one lives until its token ends; then the ordinary reconnect takes over.
    }
    if (this.#stopped || this.#current !== old || !this.connected) {
      await next.stop(); // The reconnect was faster.
      return;
    }
    this.#current = next;
    await old.stop();
    await this.#probe();
  }

  async #run() {
    for (let attempt = 0; !this.#stopped; attempt++) {
      this.#options.onState('connecting');
      const connection = this.#build();
      try {
        await this.#open(connection);
        if (this.#stopped) return await connection.stop();
        this.#current = connection;
        await this.#options.catchUp();
        attempt = 0;
        this.#options.onState('connected');
        await this.#end(connection);
      } catch (error) {
        await connection.stop();
        // A failed renewal ends the session itself when there is no way back.
        if (error.statusCode === 401) await this.#options.renewToken().catch(() => {});
      }
      if (this.#stopped) return;
      this.#options.onState('connecting');
      await this.#pause(attempt);
    }
  }

  #build() {
    const connection = new HubConnectionBuilder()
      .withUrl('/hubs/chat', { accessTokenFactory: this.#options.accessToken, timeout: StartTimeout })
      .configureLogging(LogLevel.None)
      .build();
    connection.on('event', (type, data) => {
      if (!this.#stopped) this.#options.onEvent(type, data);
    });
    this.#closed.set(connection, new Promise((resolve) => { connection.onclose(resolve); }));
    return connection;
  }

  async #open(connection) {
    const timer = setTimeout(() => connection.stop(), StartTimeout);
    try {
      await connection.start();
    } finally {
      clearTimeout(timer);
    }
  }

  /** Waits for the end of the connection, or of the younger ones that `renew` put in its place. */
  async #end(connection) {
    for (let held = null; held !== connection; connection = this.#current) {
      held = connection;
      await this.#closed.get(held);
    }
  }

  #pause(attempt) {
    const delay = Delays[Math.min(attempt, Delays.length - 1)];
    return new Promise((resolve) => {
      this.#wake = resolve;
      setTimeout(resolve, delay * (0.75 + Math.random() / 2));
    });
  }

  #check = () => {
    if (document.visibilityState === 'hidden') return;
    this.#wake();
    if (this.connected) this.#probe();
  };

  /** Catching up is also the test whether a connection that looks alive is. */
  async #probe() {
    const probed = this.#current;
    const timer = setTimeout(() => probed.stop(), ProbeTimeout);
    try {
      await this.#options.catchUp();
    } catch {
      await probed.stop();
    } finally {
      clearTimeout(timer);
    }
  }
}
