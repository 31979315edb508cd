import type { Ledger } from '../../src/billing/ledger/ledger.js';
import { hold, LedgerBench } from '../support/ledger-bench.js';

interface Done {
  action: 'created' | 'dropped' | 'busy';
  bucket: number;
}

let bench: LedgerBench;
let node: Ledger;

beforeAll(async () => {
  bench = await LedgerBench.open();
  node = await bench.startNode();
  await bench.grant('user:ann', 1_000_000n);
});
afterAll(() => bench.close());

const maintain = (hoursAhead: number) =>
  bench.pool.query<Done>('maintain', 'SELECT * FROM ledger.maintain(2, $1)', [hoursAhead]);

/** An hour's partition, as it was made long ago. */
async function oldPartition(hoursAgo: number): Promise<number> {
  const { rows } = await bench.owner.query<{ bucket: number }>(`SELECT ledger.bucket_of(now()) - $1::int AS bucket`, [
    hoursAgo,
  ]);
  const { bucket } = rows[0]!;
  await bench.owner.query(`CREATE TABLE ledger.stream_chunk_${bucket} (LIKE ledger.stream_chunk INCLUDING ALL);
    ALTER TABLE ledger.stream_chunk ATTACH PARTITION ledger.stream_chunk_${bucket} FOR VALUES FROM (${bucket}) TO (${bucket + 1});
    ALTER TABLE ledger.stream_chunk_${bucket} OWNER TO ledger_owner`);
  return bucket;
}

describe('the partitions of the log', () => {
  it('are made ahead and dropped when nobody needs them any more', async () => {
    await maintain(2);
    const bucket = await oldPartition(9);
    expect(await maintain(3)).toEqual([
      { action: 'created', bucket: bucket + 12 },
      { action: 'dropped', bucket },
    ]);
    expect(await maintain(3)).toEqual([]);
  });

  it('stay while a pending hold needs them', async () => {
    const key = { accountId: 'user:ann', requestId: 'video:1' };
    const bucket = await oldPartition(20);
    await bench.owner.query(
      `INSERT INTO ledger.hold (account_id, request_id, fingerprint, amount, node_id, expires_at, terms, bucket)
       VALUES ($1, $2, 'f', 0, $3, now() + interval '1 hour', '{}', $4)`,
      [key.accountId, key.requestId, node.nodeId, bucket],
    );
    expect(await maintain(3)).toEqual([]);
    await node.finish({ ...key, seq: 1, frame: '{}', outputTokens: 0, cost: 0n, outcome: '{}' });
    expect(await maintain(3)).toEqual([{ action: 'dropped', bucket }]);
    expect(await bench.faults()).toEqual([]);
  });

  it('come and go under concurrent appends without an error or a deadlock', async () => {
    const keys = Array.from({ length: 24 }, (_, i) => ({ accountId: 'user:ann', requestId: `ws:${i}` }));
    await Promise.all(keys.map((key) => hold(node, key)));
    for (let hours = 5; hours < 13; hours++) await oldPartition(hours);
    let isRunning = true;
    const lengths = keys.map(async ({ accountId, requestId }) => {
      let seq = 0;
      for (; isRunning; seq++) {
        const rows = await appendRaw(accountId, requestId, seq + 1); // past the ledger's retries: an error would show
        expect(rows).toEqual([{ result: 'appended' }]);
      }
      return seq;
    });
    const done: Done[] = [];
    const isDone = () =>
      done.filter(({ action }) => action === 'dropped').length >= 8 && done.some(({ bucket }) => bucket >= latest);
    const latest = (await bucketNow()) + 11;
    for (let tries = 0; tries < 200 && !isDone(); tries++) done.push(...(await maintain(4 + (tries % 8))));
    isRunning = false;
    expect((await Promise.all(lengths)).every((length) => length > 0)).toBe(true);
    expect(done.filter(({ action }) => action === 'dropped')).toHaveLength(8);
    expect(done.filter(({ action }) => action === 'created')).toHaveLength(8);
    const { rows } = await bench.owner.query(
      'SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()',
    );
    expect(rows).toEqual([{ deadlocks: '0' }]);
    expect(await bench.faults()).toEqual([]);
  });

  it('are tended by one of many callers at once, without an error', async () => {
    await oldPartition(30);
    const done = await Promise.all(Array.from({ length: 8 }, () => maintain(12)));
    expect(done.flat().filter(({ action }) => action === 'dropped')).toHaveLength(1);
  });
});

function appendRaw(accountId: string, requestId: string, seq: number): Promise<object[]> {
  return bench.pool.query(
    'append',
    `SELECT result FROM ledger.append_batch($1, $2, $3, $4, $4, ARRAY['{}'], ARRAY[0])`,
    [node.nodeId, [accountId], [requestId], [seq]],
  );
}

async function bucketNow(): Promise<number> {
  const { rows } = await bench.owner.query<{ bucket: number }>('SELECT ledger.bucket_of(now()) AS bucket');
  return rows[0]!.bucket;
}
