// Two users on /ws with the unmodified ws client. Arguments: server, both tokens, a conversation of both.
const assert = require('node:assert/strict');
const WebSocket = require('ws');

const [server, tokenA, tokenB, conversation] = process.argv.slice(2);
const address = `${server.replace(/^http/, 'ws')}/ws`;

class Socket {
  constructor(...options) {
    this.events = [];
    this.asked = 0;
    this.socket = new WebSocket(...options);
    this.socket.on('message', (text) => this.events.push(JSON.parse(text)));
    this.closed = new Promise((done) => this.socket.on('close', done));
  }

  async waitFor(what, fits) {
    for (const end = Date.now() + 20_000; Date.now() < end; await new Promise((done) => setTimeout(done, 10))) {
      const found = this.events.find(fits);
      if (found) return found;
    }
    assert.fail(`${what} never came; there were ${this.events.map((event) => event.type)}`);
  }

  ask(type, data) {
    const ref = `${type}-${this.asked++}`;
    this.socket.send(JSON.stringify({ type, ref, data }));
    return this.waitFor(`the answer to ${type}`, (event) => event.ref === ref);
  }
}

async function main() {
  const a = new Socket(`${address}?token=${tokenA}`);
  // Asks for compression, which is not to be had, and brings the token as a subprotocol, as browsers must.
  const b = new Socket(address, ['bearer', tokenB], { perMessageDeflate: true });
  await Promise.all([a, b].map((socket) => socket.waitFor('the welcome', (event) => event.type === 'connection.established')));
  assert.equal(b.socket.protocol, 'bearer');
  assert.equal(b.socket.extensions, '');

  const texts = Array.from({ length: 20 }, (_, i) => `${i}: ü 😀 ${'x'.repeat(i * 40)}`);
  const answers = await Promise.all(texts.map((content, i) =>
    a.ask('send', { message_id: `ws-${process.pid}-${i}`, conversation_id: conversation, channels: ['chat4all'], content })));
  const seqs = answers.map((answer) => answer.seq);
  assert.deepEqual(seqs, seqs.map((_, i) => seqs[0] + i), 'messages of one socket keep their order');
  for (const socket of [a, b]) {
    await socket.waitFor('the last message', (event) => event.type === 'message.created' && event.data.seq === seqs.at(-1));
    const got = socket.events.filter((event) => event.type === 'message.created').map((event) => event.data);
    assert.deepEqual(got.map((data) => data.content), texts);
    assert.deepEqual(got.map((data) => data.seq), seqs);
  }
  assert.equal((await a.ask('send', { conversation_id: conversation })).type, 'error');

  await new Promise((done) => { b.socket.once('pong', done); b.socket.ping('there?'); });
  a.socket.close(1000, 'done');
  assert.equal(await a.closed, 1000);
  b.socket.close();
  assert.equal(await b.closed, 1000);

  const stranger = new Socket(`${address}?token=nonsense`);
  assert.equal(await stranger.closed, 4001);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
