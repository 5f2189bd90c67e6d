// Two users on the hub with the unmodified @microsoft/signalr client. Arguments: server, both tokens, a conversation of both.
const assert = require('node:assert/strict');
const { HubConnectionBuilder, HttpTransportType, LogLevel } = require('@microsoft/signalr');

const [server, tokenA, tokenB, conversation] = process.argv.slice(2);

class User {
  constructor(token, transport) {
    this.events = [];
    this.connection = new HubConnectionBuilder()
      .withUrl(`${server}/hubs/chat`, { accessTokenFactory: () => token, transport })
      .configureLogging(LogLevel.None)
      .build();
    this.connection.on('event', (type, data) => this.events.push({ type, data }));
  }

  async waitFor(type, fits = () => true) {
    for (const end = Date.now() + 20_000; Date.now() < end; await new Promise((done) => setTimeout(done, 10))) {
      const found = this.events.find((event) => event.type === type && fits(event.data));
      if (found) return found.data;
    }
    assert.fail(`${type} never came; there were ${this.events.map((event) => event.type)}`);
  }

  invoke(method, data) {
    return this.connection.invoke(method, data);
  }
}

async function main() {
  const a = new User(tokenA, HttpTransportType.WebSockets);
  const b = new User(tokenB, HttpTransportType.ServerSentEvents);
  await a.connection.start();
  await b.connection.start();
  assert.ok((await a.waitFor('connection.established')).server_instance);
  await b.waitFor('connection.established');

  const message = { message_id: `hub-${process.pid}`, conversation_id: conversation, channels: ['chat4all'], content: 'from the hub' };
  const sent = await a.invoke('Send', message);
  assert.equal(sent.message_id, message.message_id);
  assert.equal(sent.duplicate, false);
  for (const user of [a, b]) {
    const created = await user.waitFor('message.created', (data) => data.message_id === message.message_id);
    assert.equal(created.content, 'from the hub');
    assert.equal(created.seq, sent.seq);
    assert.equal(created.created_at, sent.created_at);
  }
  assert.deepEqual(await a.invoke('Send', message), { ...sent, duplicate: true });

  await b.invoke('Typing', conversation);
  await a.waitFor('typing', (data) => data.conversation_id === conversation);
  const read = await b.invoke('MarkRead', { conversation_id: conversation, up_to_seq: sent.seq });
  assert.equal(read.last_read_seq, sent.seq);
  assert.equal((await a.waitFor('conversation.read')).read_at, read.read_at);

  await b.invoke('Unsubscribe', { conversation_id: conversation });
  const unheard = await a.invoke('Send', { ...message, message_id: `${message.message_id}-2` });
  await b.invoke('Subscribe', { conversation_id: conversation });
  assert.deepEqual(await b.invoke('Resume', { conversations: { [conversation]: sent.seq, nowhere: 1 } }), [
    { conversation_id: conversation, last_seq: unheard.seq, code: null },
    { conversation_id: 'nowhere', last_seq: 1, code: 'unknown' },
  ]);
  await b.waitFor('message.created', (data) => data.seq === unheard.seq);
  await b.waitFor('resumed', (data) => data.conversation_id === conversation);
  assert.equal(b.events.filter((event) => event.type === 'message.created').length, 2);

  await assert.rejects(a.invoke('Send', { ...message, message_id: 'x', channels: [] }), /validation_failed/);
  await assert.rejects(a.invoke('Send', { ...message, content: 'another text' }), /message_id_conflict/);
  await assert.rejects(a.invoke('MarkRead', 'nowhere'), /conversation_not_found/);
  await assert.rejects(a.invoke('Resume', 7), /validation_failed/);

  const stranger = new User('not-a-token');
  await assert.rejects(stranger.connection.start(), /401/);
  await Promise.all([a.connection.stop(), b.connection.stop()]);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
