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

let server: Server;
let url: string;

/** A server that lets one in and dies, in one packet. */
beforeAll(async () => {
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(Buffer.concat([LET_IN, READY, DYING])));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `postgres://somebody@127.0.0.1:${(server.address() as AddressInfo).port}/any`;
});
afterAll(() => server.close());

it.each<[string, () => Promise<unknown>]>([
  ['the ledger', () => new LedgerPool({ connectionString: url }).ping()],
  ['everything else', () => createDataSource(url).initialize()],
  ['a queue', () => new pg.Pool(postgresOptions(url, true)).query('SELECT 1')],
  [
    'a worker that waits',
    async () => {
      const client = new pg.Client(url); // as BullMQ makes it
      await client.connect();
      await client.query('LISTEN any');
    },
  ],
])('a database that dies as it lets %s in fails a query, not the process', async (_, ask) => {
  await expect(ask()).rejects.toThrow();
});
