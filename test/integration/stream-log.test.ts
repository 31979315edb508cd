import { StreamLog } from '../../src/billing/ledger/stream-log.js';
import type { Ledger } from '../../src/billing/ledger/ledger.js';
import { finish, hold, LedgerBench } from '../support/ledger-bench.js';

describe("a stream's log, page by page", () => {
  let bench: LedgerBench;
  let node: Ledger;
  let log: StreamLog;
  let count = 0;

  beforeAll(async () => {
    bench = await LedgerBench.open();
    node = await bench.startNode();
    log = new StreamLog(bench.pool);
    await bench.grant('user:ann', 1_000_000n);
  });
  afterAll(() => bench.close());

  const newStream = async () => {
    const key = { accountId: 'user:ann', requestId: `ws:${++count}` };
    await hold(node, key);
    return key;
  };
  type Key = Awaited<ReturnType<typeof newStream>>;
  const append = (key: Key, firstSeq: number, lastSeq: number, bytes: number) => {
    const frames = Array.from({ length: lastSeq - firstSeq + 1 }, (_, index) =>
      `${firstSeq + index}`.padEnd(bytes / (lastSeq - firstSeq + 1) - 1, '.'),
    );
    return node.append({ ...key, firstSeq, lastSeq, frames: frames.join('\n'), outputTokens: 1 });
  };
  const stretches = (rows: { firstSeq: number; lastSeq: number }[]) => rows.map((row) => [row.firstSeq, row.lastSeq]);

  it('gives the rows after a seq until they are as large as asked for, the one that holds the seq included', async () => {
    const key = await newStream();
    await append(key, 1, 2, 1_000);
    await append(key, 3, 3, 1_000);
    await append(key, 4, 6, 1_000);
    const first = await log.readPage(key, 0, 1_500);
    expect(first).toMatchObject({ isCut: true, isEnded: false });
    expect(stretches(first.rows)).toEqual([
      [1, 2],
      [3, 3],
    ]);
    expect(stretches((await log.readPage(key, 1, 1)).rows)).toEqual([[1, 2]]);
    const last = await log.readPage(key, 4, 10_000);
    expect(last).toMatchObject({ isCut: false, isEnded: false });
    expect(stretches(last.rows)).toEqual([[4, 6]]);
    expect(await log.readPage(key, 6, 10_000)).toEqual({ rows: [], isCut: false, isEnded: false });
  });

  it('gives the terminal frame in any case, and says that the stream has ended', async () => {
    const key = await newStream();
    await append(key, 1, 1, 100);
    await finish(node, key, 2, 1n);
    for (const afterSeq of [1, 2, 3, 9_999_999_999]) {
      const page = await log.readPage(key, afterSeq, 1);
      expect(page).toMatchObject({
        rows: [{ firstSeq: 2, lastSeq: 2, isTerminal: true }],
        isCut: false,
        isEnded: true,
      });
    }
    expect(await log.readPage(key, 0, 1)).toMatchObject({ rows: [{ lastSeq: 1 }], isCut: true, isEnded: true });
  });

  it('is read whole, however it was written, by pages of many streams at once', async () => {
    const keys = await Promise.all(Array.from({ length: 50 }, newStream));
    const written = keys.map((_, index) => 1 + ((index * 7_919) % 6_000));
    for (const [index, key] of keys.entries()) await append(key, 1, written[index]!, written[index]! * 20);
    const readAll = async (key: Key) => {
      const frames: string[] = [];
      for (;;) {
        const { rows } = await log.readPage(key, frames.length, 4_096);
        if (rows.length === 0) return frames;
        frames.push(...rows.flatMap((row) => row.frames.split('\n').slice(frames.length + 1 - row.firstSeq)));
      }
    };
    const read = await Promise.all(keys.map(readAll));
    expect(read.map((frames) => frames.map((frame) => parseInt(frame)))).toEqual(
      written.map((length) => Array.from({ length }, (_, index) => index + 1)),
    );
  });

  it('is found by its index alone, even by a plan that was made while there was next to nothing', async () => {
    const other = await LedgerBench.open();
    const queries: string[] = [];
    const query = other.pool.query.bind(other.pool);
    other.pool.query = (name, text, values) => (queries.push(text), query(name, text, values));
    await new StreamLog(other.pool).readPage({ accountId: 'user:ann', requestId: 'ws:1' }, 0, 1);
    await other.owner.query('SET plan_cache_mode = force_generic_plan');
    await other.owner.query(`PREPARE read_pages AS ${queries[0]}`);
    const { rows } = await other.owner.query(`EXPLAIN EXECUTE read_pages ('{user:ann}', '{ws:1}', '{0}', '{1}')`);
    const plan = rows.map((row) => (row as { 'QUERY PLAN': string })['QUERY PLAN']).join('\n');
    expect(plan).toMatch(/Index Scan using hold_pkey/);
    expect(plan).not.toMatch(/Seq Scan/);
    await other.close();
  });
});
