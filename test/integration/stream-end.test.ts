import { Audience } from '../../src/completions/audience.js';
import type { StreamWatcher } from '../../src/completions/completion-request.js';
import { StreamMemory } from '../../src/completions/stream-memory.js';
import { StreamLostError, StreamWriter } from '../../src/completions/stream-writer.js';
import type { Ledger } from '../../src/billing/ledger/ledger.js';
import { hold, LedgerBench } from '../support/ledger-bench.js';

const END = { frame: '{"end":\u0001}', cost: 5n, outcome: '{}' };

interface Row {
  first: number;
  last: number;
  frames: string;
  commit: string;
}

describe('the end of a stream, with the frames that still wait', () => {
  let bench: LedgerBench;
  let node: Ledger;
  let count = 0;

  beforeAll(async () => {
    bench = await LedgerBench.open();
    node = await bench.startNode();
    await bench.grant('user:ann', 1_000_000n);
  });
  afterAll(() => bench.close());

  const begin = async () => {
    const key = { accountId: 'user:ann', requestId: `ws:${++count}` };
    await hold(node, key);
    const shown: string[] = [];
    const audience = new Audience(
      () => Promise.reject(new Error('nobody is behind')),
      () => undefined,
    );
    audience.join(watcherOf(shown), 0);
    const memory = new StreamMemory({ streams: { memoryBytes: 1e9 } } as ConstructorParameters<typeof StreamMemory>[0]);
    const writer = new StreamWriter(node, key, audience, memory, () => undefined);
    const log = async (): Promise<Row[]> =>
      (
        await bench.owner.query<Row>(
          `SELECT seq_first AS first, seq_last AS last, frames, xmin::text AS commit FROM ledger.stream_chunk
           WHERE request_id = $1 ORDER BY seq_first`,
          [key.requestId],
        )
      ).rows;
    return { key, writer, shown, log, memory };
  };

  it('is logged, charged and shown in one commit', async () => {
    const { writer, shown, log, memory } = await begin();
    writer.write('{"a":1}', 1);
    writer.write('{"b":2}', 2);
    expect(await writer.finish(END)).toMatchObject({ result: 'settled', charged: 5n });
    const rows = await log();
    expect(rows).toMatchObject([
      { first: 1, last: 2, frames: '{"a":1}\n{"b":2}' },
      { first: 3, last: 3, frames: '{"end":0.000005}' },
    ]);
    expect(new Set(rows.map(({ commit }) => commit)).size).toBe(1);
    expect(shown).toEqual(['{"a":1}', '{"b":2}', '{"end":0.000005}']);
    expect(writer.delivery.chunks).toBe(2);
    writer.close();
    expect(memory.counters.totalBytes).toBe(0);
  });

  it('follows what is being logged already', async () => {
    const { writer, shown, log } = await begin();
    writer.write('{"a":1}', 1);
    writer.flush();
    writer.write('{"b":2}', 2);
    await writer.finish(END);
    expect((await log()).map(({ first, last }) => [first, last])).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
    expect(shown).toHaveLength(3);
  });

  it('is not held up by more than a row takes: that is logged row by row before it', async () => {
    const { writer, shown, log } = await begin();
    const frame = JSON.stringify('x'.repeat(40 * 1024));
    for (let n = 1; n <= 5; n++) writer.write(frame, n);
    await writer.finish(END);
    expect((await log()).map(({ first, last }) => [first, last])).toEqual([
      [1, 2],
      [3, 4],
      [5, 5],
      [6, 6],
    ]);
    expect(shown).toHaveLength(6);
  });

  it('comes after what a killed database has lost, which is logged again first', async () => {
    const { key, writer, shown, log } = await begin();
    writer.write('{"a":1}', 1);
    await writer.allLogged();
    await bench.owner.query('DELETE FROM ledger.stream_chunk WHERE request_id = $1', [key.requestId]);
    writer.write('{"b":2}', 2);
    expect(await writer.finish(END)).toMatchObject({ result: 'settled', charged: 5n, tail: 2 });
    expect((await log()).map(({ frames }) => frames)).toEqual(['{"a":1}', '{"b":2}', '{"end":0.000005}']);
    expect(shown).toEqual(['{"a":1}', '{"b":2}', '{"end":0.000005}']);
    expect(await bench.faults()).toEqual([]);
  });

  it('shows nothing where another node has ended the stream, not even the frames that waited', async () => {
    const { key, writer, shown, log } = await begin();
    await bench.owner.query("UPDATE ledger.hold SET node_id = 'queue' WHERE request_id = $1", [key.requestId]);
    writer.write('{"a":1}', 1);
    await expect(writer.finish(END)).rejects.toThrow(StreamLostError);
    expect(shown).toEqual([]);
    expect(await log()).toEqual([]);
  });
});

function watcherOf(shown: string[]): StreamWatcher {
  return {
    isFull: false,
    room: () => Promise.resolve(1e6),
    deliver: (frames) => void shown.push(...frames),
    end: () => undefined,
    fail: (error) => void shown.push(error.message),
  };
}
