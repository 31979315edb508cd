import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { LedgerPool } from '../../src/database/ledger-pool.js';
import { CrowdMember, HOT, OTHERS, Told, type Stream } from '../support/ledger-crowd.js';
import { eventually } from '../support/eventually.js';
import { LedgerBench } from '../support/ledger-bench.js';

/** LEDGER_CROWD_SECONDS makes it longer. */
const SECONDS = Number(process.env.LEDGER_CROWD_SECONDS ?? 4);
const MEMBERS = 8;
const OLD_HOURS = 12;

let bench: LedgerBench;
let pools: LedgerPool[];

beforeAll(async () => {
  bench = await LedgerBench.open();
  const { rows } = await bench.owner.query<{ name: string }>('SELECT current_database() AS name');
  await bench.owner.query(`ALTER DATABASE ${rows[0]!.name} SET deadlock_timeout = '50ms'`);
  pools = Array.from({ length: MEMBERS }, () => new LedgerPool({ connectionString: bench.database.url, max: 1 }));
});
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.close()));
  await bench.close();
});

/** Hours of the log that nobody needs any more, as they are left behind. */
async function makeOldPartitions(): Promise<void> {
  await bench.owner.query(`DO $$ DECLARE b int; BEGIN
    FOR b IN ledger.bucket_of(now()) - 2 - ${OLD_HOURS} .. ledger.bucket_of(now()) - 3 LOOP
      EXECUTE format('CREATE TABLE ledger.stream_chunk_%s (LIKE ledger.stream_chunk INCLUDING ALL)', b);
      EXECUTE format('ALTER TABLE ledger.stream_chunk ATTACH PARTITION ledger.stream_chunk_%s FOR VALUES FROM (%s) TO (%s)', b, b, b + 1);
      EXECUTE format('ALTER TABLE ledger.stream_chunk_%s OWNER TO ledger_owner', b);
    END LOOP; END $$`);
}

/** Makes one more hour's partition each time, and drops the old ones. */
async function maintain(untilMs: number): Promise<Record<string, number>> {
  const done: Record<string, number> = {};
  for (let hoursAhead = 3; performance.now() < untilMs; hoursAhead++) {
    const sql = 'SELECT action FROM ledger.maintain(2, $1)';
    for (const { action } of await bench.pool.query<{ action: string }>('maintain', sql, [hoursAhead]))
      done[action] = (done[action] ?? 0) + 1;
    await delay(100); // the crowd's turn
  }
  return done;
}

/** Each audit sees one moment; every one must be clean. */
async function audit(untilMs: number): Promise<object[]> {
  const faults: object[] = [];
  while (performance.now() < untilMs) {
    faults.push(...(await bench.faults()));
    await delay(200);
  }
  return faults;
}

async function expectTablesToAgree(told: Told): Promise<void> {
  const closed = await bench.pool.query<{ key: string; charged: bigint }>(
    'closed',
    `SELECT account_id || ' ' || request_id AS key, charged FROM ledger.hold WHERE status <> 'pending'`,
  );
  expect(new Map(closed.map(({ key, charged }) => [key, charged]))).toEqual(told.charges);
  const [sums] = await bench.pool.query<{ granted: bigint }>(
    'sums',
    `SELECT (SELECT sum(posted) FROM ledger.account)::int8
       + (SELECT coalesce(sum(amount), 0) FROM ledger.entry WHERE kind = 'charge')::int8 AS granted`,
  );
  expect(sums!.granted).toBe(told.granted);
}

it(
  'the ledger stays exact under a crowd: no deadlock, no error, nothing charged twice, every answer true',
  async () => {
    await makeOldPartitions();
    const told = new Told();
    await Promise.all([HOT, ...Array.from({ length: OTHERS }, (_, n) => `user:${n}`)].map((id) => bench.grant(id, 1n)));
    told.granted = BigInt(OTHERS + 1);
    const streams: Stream[] = [];
    const untilMs = performance.now() + SECONDS * 1_000;
    const members = pools.map((pool) => new CrowdMember(pool, streams, told).run(untilMs));
    const [maintained, faults] = await Promise.all([maintain(untilMs), audit(untilMs), ...members]);
    expect(faults).toEqual([]);
    expect(told.contradictions).toEqual([]);
    expect(maintained).toMatchObject({ dropped: OLD_HOURS, created: expect.any(Number) as number });

    await expectTablesToAgree(told);
    expect(await bench.faults()).toEqual([]);
  },
  SECONDS * 1_000 + 30_000,
);

it('an account that comes to be while a hold waits for another one is not used out of the order of locks', async () => {
  const [holder, locker] = [new Client(bench.database.url), new Client(bench.database.url)];
  await Promise.all([holder.connect(), locker.connect()]);
  const lock = (client: Client, id: string) =>
    client.query('SELECT 1 FROM ledger.account WHERE id = $1 FOR NO KEY UPDATE', [id]);
  try {
    await bench.grant('user:z', 10n);
    await holder.query('BEGIN');
    await lock(holder, 'user:z');
    const held = bench.pool.query<{ result: string }>(
      'hold',
      `SELECT result FROM ledger.hold_batch('n', ARRAY['user:z', 'user:fresh'], ARRAY['1', '2'], ARRAY['f', 'f'], ARRAY[1, 1]::int8[],
         ARRAY[1000, 1000], ARRAY['{}', '{}']) ORDER BY i`,
    );
    await eventually(() => expectWaiting(1)); // for user:z, while user:fresh does not exist yet
    await bench.grant('user:fresh', 10n);
    await locker.query('BEGIN');
    await lock(locker, 'user:fresh');
    const second = lock(locker, 'user:z');
    await eventually(() => expectWaiting(2));
    await holder.query('COMMIT');
    expect(await held).toEqual([{ result: 'held' }, { result: 'no_account' }]);
    await second;
    await locker.query('COMMIT');
  } finally {
    await Promise.all([holder.end(), locker.end()]);
  }
});

async function expectWaiting(count: number): Promise<void> {
  const sql = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  expect((await bench.owner.query(sql)).rowCount).toBe(count);
}
