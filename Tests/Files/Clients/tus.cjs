// Uploads with the unmodified tus-js-client through a proxy that cuts the connection three times. Arguments: server, token, conversation, bytes.
// Writes the upload's id and the content's SHA-256.
const assert = require('node:assert/strict');
const { createHash, randomBytes } = require('node:crypto');
const net = require('node:net');
const tus = require('tus-js-client');

const [server, token, conversation, size] = process.argv.slice(2);
const { hostname, port } = new URL(server);
const content = randomBytes(Number(size));
const cuts = [0.2, 0.45, 0.8].map((share) => Math.floor(content.length * share));
let passed = 0;
let cut = 0;

const proxy = net.createServer((client) => {
  const hub = net.connect(Number(port), hostname);
  const end = () => {
    client.destroy();
    hub.destroy();
  };
  client.on('data', (bytes) => {
    passed += bytes.length;
    if (passed > cuts[cut]) {
      cut++;
      end();
    } else if (!hub.write(bytes)) {
      client.pause();
      hub.once('drain', () => client.resume());
    }
  });
  hub.pipe(client);
  for (const side of [client, hub]) side.on('error', end).on('close', end);
});

proxy.listen(0, '127.0.0.1', () => {
  const upload = new tus.Upload(content, {
    endpoint: `http://127.0.0.1:${proxy.address().port}/v1/tus`,
    headers: { Authorization: `Bearer ${token}` },
    metadata: { filename: 'from-npm.bin', filetype: 'application/octet-stream', conversation_id: conversation },
    retryDelays: [0, 100, 100, 200, 200, 400, 400, 800],
    onError: (error) => {
      console.error(error);
      process.exit(1);
    },
    onSuccess: () => {
      assert.equal(cut, cuts.length);
      // Begun again from nothing after each cut, it would have been far more.
      assert.ok(passed < content.length * 1.5, `${passed} bytes were sent for ${content.length}`);
      console.log(upload.url.split('/').pop(), createHash('sha256').update(content).digest('hex'));
      process.exit(0);
    },
  });
  upload.start();
});
