import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import pg from 'pg';
import { createDataSource } from '../../src/database/data-source.js';
import { LedgerPool } from '../../src/database/ledger-pool.js';
import { postgresOptions } from '../../src/queue/queue-connection.js';

/** A message of PostgreSQL's protocol: its kind, its length, its content. */
function message(kind: string, content: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(content.length + 4);
  return Buffer.concat([Buffer.from(kind), length, content]);
}

const LET_IN = message('R', Buffer.from([0, 0, 0, 0]));
const READY = message('Z', Buffer.from('I'));
const DYING = message(
  'E',
  Buffer.from('SFATAL\0C57P01\0Mterminating connection due to unexpected postmaster exit\0\0'),
);

const LISTENS = message('C', Buffer.from('LISTEN\0'));

const servers: Server[] = [];

/** The address of a server that answers what it is sent, on each connection, by these in turn, and dies with the last. */
async function serverOf(...answers: Buffer[]): Promise<string> {
  const server = createServer((socket) => {
    let answered = 0;
    socket.on('error', () => undefined);
    socket.on('data', () => {
      socket.write(answers[answered++] ?? '');
      if (answered === answers.length) socket.end();
    });
  });
  servers.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  return `postgres://somebody@127.0.0.1:${(server.address() as AddressInfo).port}/any`;
}

afterAll(() => servers.forEach((server) => server.close()));

it.each<[string, (url: string) => Promise<unknown>]>([
  ['the ledger', (url) => new LedgerPool({ connectionString: url }).ping()],
  ['everything else', (url) => createDataSource(url).initialize()],
  ['a queue', (url) => new pg.Pool(postgresOptions(url, true)).query('SELECT 1')],
  [
    'a worker that waits',
    async (url) => {
      const client = new pg.Client(url); // as BullMQ makes it
      await client.connect();
      await client.query('LISTEN any');
    },
  ],
])('a database that dies as it lets %s in fails a query, not the process', async (_, ask) => {
  await expect(ask(await serverOf(Buffer.concat([LET_IN, READY, DYING])))).rejects.toThrow();
});

it('a database that dies as BullMQ leaves the connection of a worker or a relay fails nobody', async () => {
  const url = await serverOf(Buffer.concat([LET_IN, READY]), Buffer.concat([LISTENS, READY]), DYING);
  const client = new pg.Client(url);
  await client.connect();
  await client.query('LISTEN any');
  client.removeAllListeners(); // as BullMQ does, in this order
  await expect(client.end()).resolves.toBeUndefined();
});

it('listeners of one kind can be removed from a connection, and but for one those of errors', () => {
  const client = new pg.Client();
  for (const event of ['error', 'notification', 'notice'] as const) client.on(event, () => undefined);
  const counts = () => ['error', 'notification', 'notice'].map((event) => client.listenerCount(event));
  client.removeAllListeners('notification');
  expect(counts()).toEqual([2, 0, 1]);
  client.removeAllListeners('error').removeAllListeners();
  expect(counts()).toEqual([1, 0, 0]);
});
