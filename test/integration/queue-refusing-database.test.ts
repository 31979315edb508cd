import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { GatewayWorker } from '../../src/queue/queue-classes.js';
import type { QueueConnection } from '../../src/queue/queue-connection.js';
import { eventually } from '../support/eventually.js';

const PAUSE_MS = 500;

/** What PostgreSQL says while it starts, or where a role is not let in: an error of its protocol, on an open connection. */
function refusal(code: string): Buffer {
  const fields = Buffer.from(`SFATAL\0C${code}\0Mnot now\0\0`);
  const length = Buffer.alloc(4);
  length.writeInt32BE(fields.length + 4);
  return Buffer.concat([Buffer.from('E'), length, fields]);
}

it.each([
  ['is starting up', '57P03'],
  ['has too many connections', '53300'],
  ['refuses the password', '28P01'],
])('a database that %s is asked again by a worker after a pause', async (_, code) => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(refusal(code)));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `postgres://somebody@127.0.0.1:${(server.address() as AddressInfo).port}/any`;
  const connection: QueueConnection = { kind: 'postgres', url };
  const worker = new GatewayWorker('refused', () => Promise.resolve(), { connection, runRetryDelay: PAUSE_MS });
  let failures = 0;
  worker.on('error', () => failures++);
  const begun = performance.now();
  await eventually(() => expect(failures).toBeGreaterThan(5), 20_000);
  const askedForMs = performance.now() - begun; // without a pause: some 30 ms
  await worker.close();
  server.close();
  expect(askedForMs).toBeGreaterThan(2 * PAUSE_MS);
});
