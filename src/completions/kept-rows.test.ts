import { jest } from '@jest/globals';
import { parseEnvironment } from '../config/environment.js';
import { KeptRows } from './kept-rows.js';
import { StreamMemory } from './stream-memory.js';

const KIB = 1024;

describe('the rows that the log may still lose', () => {
  let memory: StreamMemory;
  let kept: KeptRows;
  let lastSeq: number;
  beforeEach(() => {
    jest.useFakeTimers();
    memory = new StreamMemory(parseEnvironment({}));
    kept = new KeptRows(memory);
    lastSeq = 0;
  });
  afterEach(() => jest.useRealTimers());

  const add = (frameCount: number, bytes = 10) => {
    const firstSeq = lastSeq + 1;
    lastSeq += frameCount;
    kept.add({ accountId: 'a', requestId: 'r', firstSeq, lastSeq, frames: 'x'.repeat(bytes), outputTokens: 0 });
  };

  it('are those after a seq, if none of them is gone', () => {
    for (const count of [2, 1, 3]) add(count);
    expect(kept.after(0)?.map(({ firstSeq }) => firstSeq)).toEqual([1, 3, 4]);
    expect(kept.after(3)?.map(({ firstSeq }) => firstSeq)).toEqual([4]);
    expect(kept.after(4)?.map(({ firstSeq }) => firstSeq)).toEqual([4]);
    expect(kept.after(6)).toBeUndefined();
    jest.advanceTimersByTime(3_500);
    for (let row = 0; row < 64; row++) add(1);
    expect(kept.after(5)).toBeUndefined();
    expect(kept.after(6)).toHaveLength(64);
  });

  it('are kept for three seconds, and for one where they are many', () => {
    for (let second = 0; second < 5; second++) {
      add(1, 100 * KIB);
      jest.advanceTimersByTime(900);
    }
    expect(kept.after(2)).toBeUndefined();
    expect(kept.after(3)?.map(({ firstSeq }) => firstSeq)).toEqual([4, 5]);
    expect(memory.counters.kept).toBe(200 * KIB);
    jest.advanceTimersByTime(1_500); // the fourth is older than three seconds now, the fifth is not
    kept.forgetOld();
    expect(memory.counters.kept).toBe(100 * KIB);
    kept.clear();
    expect(memory.counters.kept).toBe(0);
    expect(kept.after(4)).toBeUndefined();
  });

  it('stay, however old, as long as nothing was logged after them: a database that is away may have lost them', () => {
    add(1);
    jest.advanceTimersByTime(60_000);
    expect(kept.after(0)).toHaveLength(1);
  });

  it('are read in pages by whoever is a little behind', () => {
    for (let row = 0; row < 4; row++) add(1, 100);
    expect(kept.page(1, 150)).toMatchObject({ rows: [{ firstSeq: 2 }, { firstSeq: 3 }], isCut: true, isEnded: false });
    expect(kept.page(3, 150)).toMatchObject({ rows: [{ firstSeq: 4, isTerminal: false }], isCut: false });
    expect(kept.page(4, 150)).toBeUndefined();
  });
});
