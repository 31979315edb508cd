import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Client } from 'pg';
import { findPostmaster } from '../../src/database/embedded/postmaster.js';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/database/embedded-postgres.js';
import { startTestApp } from '../support/app.js';
import { readLedger } from '../support/ledger-audit.js';
import { connect } from '../support/socket-client.js';
import { makeDataFolder, type TestFolder } from '../support/test-folders.js';

const GRANTED = 10_000_000_000n;
const LEASE_MS = 2_000;

let folder: TestFolder;
let server: EmbeddedPostgres;

/** A server of its own, which is started again when it ends (embedded-postgres.ts). */
beforeAll(async () => {
  folder = await makeDataFolder();
  server = await startEmbeddedPostgres({ dataDirectory: folder.path, log: () => undefined });
}, 60_000);
afterAll(async () => {
  await server.stop();
  await folder.remove();
});

async function signal(name: NodeJS.Signals): Promise<void> {
  const postmaster = await findPostmaster(join(folder.path, 'postgres/cluster'));
  process.kill(postmaster!.pid, name);
}

const startNode = () =>
  startTestApp({
    DATABASE_URL: server.url,
    DEFAULT_PRICE_USD_PER_MTOK: '1,2',
    STREAM_LEASE_MS: String(LEASE_MS),
  });

const chat = (model: string) => ({
  id: randomUUID(),
  type: 'chat',
  provider: 'auto',
  model,
  messages: [{ role: 'user', content: 'x' }],
  stream: true,
});

/** What the gateway stores of a stream: its frames in order. */
async function loggedFrames(id: string): Promise<string[]> {
  const client = new Client({ connectionString: server.url });
  await client.connect();
  const { rows } = await client.query<{ frames: string }>(
    'SELECT frames FROM ledger.stream_chunk WHERE request_id = $1 ORDER BY seq_first',
    [`ws:${id}`],
  );
  await client.end();
  return rows.flatMap(({ frames }) => frames.split('\n'));
}

describe('a database server that ends amid streams and comes back', () => {
  it.each([
    ['killed with -9', 'SIGKILL'],
    ['restarted fast', 'SIGINT'],
  ] as const)(
    '%s: every answer is whole, stored as it was shown, and charged once',
    async (_, how) => {
      const gateway = await startNode();
      try {
        const user = randomUUID();
        const client = await connect(gateway.wsUrl, gateway.token(user));
        const requests = ['sim-60-100ms', 'sim-400-15ms', 'sim-3000-2ms', 'sim-3-3000ms'].map(chat);
        for (const request of requests) client.send(request);
        await Promise.all(
          requests.slice(0, 3).map(({ id }) => client.first('chunks', (frame) => frame.id === id && frame.seq === 20)),
        );
        await signal(how);
        await Promise.all(requests.map(({ id }) => client.terminal(id, 60_000)));
        for (const { id } of requests) {
          const frames = client.frames(id);
          expect(frames.map(({ seq }) => seq)).toEqual(frames.map((_frame, index) => index + 1));
          expect(frames.at(-1)).toMatchObject({ type: 'done', metadata: { finishReason: 'stop' } });
          expect((await loggedFrames(id)).map((frame) => JSON.parse(frame) as object)).toEqual(frames);
        }
        const ledger = await readLedger(server.url, user);
        expect(ledger).toMatchObject({ faults: [], held: 0n, pendingHolds: 0, charges: requests.length });
        expect(ledger.posted + ledger.charged).toBe(GRANTED);
        await client.close();
      } finally {
        await gateway.close();
      }
    },
    90_000,
  );
});

describe('a client that is ahead of the log', () => {
  it('hears an honest end, with what can be read charged, and never another text', async () => {
    const [first, second] = [await startNode(), await startNode()];
    const user = randomUUID();
    const request = chat('sim-500-20ms');
    const client = await connect(first.wsUrl, first.token(user));
    client.send(request);
    const { seq: seen } = await client.first('chunks', ({ seq }) => seq === 40);
    // As after a killed server whose gateway was killed with it: the log's last rows are gone, and so is their writer.
    const tail = await loseTail(request.id, 10);
    expect(tail).toBeLessThan(seen!);
    const other = await connect(second.wsUrl, second.token(user));
    const end = await other.ask({ ...request, lastSeq: seen }, 20_000);
    expect(end).toMatchObject({
      type: 'error',
      seq: tail + 1,
      error: { code: 'UPSTREAM_LOST' },
      usage: { completionTokens: tail },
    });
    expect(other.frames(request.id)).toEqual([end]);
    const ledger = await readLedger(server.url, user);
    expect(ledger).toMatchObject({ faults: [], held: 0n, pendingHolds: 0, charges: 1 });
    expect(Number(ledger.charged) / 1e6).toBe(end.usage!.credits);
    // The node that wrote it is not its owner any more: whoever watched there hears so, and gets the same end.
    expect(await client.terminal(request.id)).toMatchObject({ type: 'error', error: { retryable: true } });
    client.forget(request.id);
    expect(await client.ask({ ...request, lastSeq: seen })).toEqual(end);
    await Promise.all([client.close(), other.close()]);
    await Promise.all([first.close(), second.close()]);
  }, 60_000);
});

/** The log ends after `seq` or a little before, and its node counts as dead. @returns where it ends */
async function loseTail(id: string, seq: number): Promise<number> {
  const client = new Client({ connectionString: server.url });
  await client.connect();
  await client.query('BEGIN');
  await client.query('SELECT 1 FROM ledger.hold WHERE request_id = $1 FOR UPDATE', [`ws:${id}`]);
  await client.query('DELETE FROM ledger.stream_chunk WHERE request_id = $1 AND seq_last > $2', [`ws:${id}`, seq]);
  await client.query(`UPDATE ledger.hold SET node_id = 'dead' WHERE request_id = $1`, [`ws:${id}`]);
  const { rows } = await client.query<{ tail: number }>(
    'SELECT max(seq_last) AS tail FROM ledger.stream_chunk WHERE request_id = $1',
    [`ws:${id}`],
  );
  await client.query('COMMIT');
  await client.end();
  return rows[0]!.tail;
}
