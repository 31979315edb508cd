import { setImmediate as turn } from 'node:timers/promises';
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import { SharedRate } from './shared-rate.js';

const LIMIT = { points: 10, durationSeconds: 60 };
const LARGE = { ...LIMIT, points: 1_000 };

/** A store that all nodes ask, which notes its questions. */
class Store {
  readonly questions: number[] = [];
  private readonly limiter: RateLimiterMemory;

  constructor({ points, durationSeconds } = LIMIT) {
    this.limiter = new RateLimiterMemory({ points, duration: durationSeconds });
  }

  consume(key: string | number, points = 1): Promise<RateLimiterRes> {
    this.questions.push(points);
    return this.limiter.consume(key, points);
  }
}

const troubles: string[] = [];
const node = (store: Pick<Store, 'consume'>, limit = LIMIT) =>
  new SharedRate({ ...limit, store, onTrouble: (error) => troubles.push((error as Error).message) });
const take = (rate: SharedRate, times: number, key = 'a') =>
  Promise.all(Array.from({ length: times }, () => rate.take(key)));
const admitted = (outcomes: readonly unknown[]) => outcomes.filter((excess) => excess === undefined).length;
beforeEach(() => troubles.splice(0));

describe('a rate that nodes share', () => {
  it('admits as many as its budget has, whichever node they come to', async () => {
    const store = new Store();
    const nodes = [node(store), node(store), node(store)];
    const outcomes = await Promise.all(nodes.flatMap((each) => [take(each, 3), take(each, 4)]));
    expect(admitted(outcomes.flat())).toBe(10);
    expect(admitted((await Promise.all(nodes.map((each) => take(each, 5)))).flat())).toBe(0);
  });

  it('says when to come again', async () => {
    const outcomes = await take(node(new Store()), 11);
    expect(outcomes[10]!.retryAfterMs).toBeGreaterThan(30_000);
    expect(outcomes[10]!.retryAfterMs).toBeLessThanOrEqual(60_000);
  });

  it('counts each key by itself', async () => {
    const rate = node(new Store());
    await take(rate, 20);
    expect(admitted(await take(rate, 20, 'b'))).toBe(10);
  });

  it('asks once for all that came meanwhile, and not at all once the budget is used up', async () => {
    const store = new Store();
    const rate = node(store);
    await take(rate, 1_000);
    expect(store.questions).toEqual([1, 999]);
    expect(rate.known('a')!.retryAfterMs).toBeGreaterThan(0);
    expect(admitted(await take(rate, 1_000))).toBe(0);
    expect(store.questions).toHaveLength(2);
  });

  it('knows that the budget is used up when its last point is taken, and of no other key', async () => {
    const rate = node(new Store());
    await take(rate, 9);
    expect(rate.known('a')).toBeUndefined();
    await take(rate, 1);
    expect(rate.known('a')).toBeDefined();
    expect(rate.known('b')).toBeUndefined();
  });

  it('counts for itself while the store fails, and asks it no more for a while', async () => {
    let questions = 0;
    const rate = node({
      consume: () => {
        questions++;
        return Promise.reject(new Error('it is away'));
      },
    });
    expect(admitted(await take(rate, 20))).toBe(10);
    expect([questions, troubles]).toEqual([1, ['it is away']]);
  });

  it('waits for no store that says nothing', async () => {
    const rate = node({ consume: () => new Promise(() => undefined) });
    expect(admitted(await take(rate, 20))).toBe(10);
    expect(troubles).toEqual(['no answer within 2000 ms']);
  });

  it('takes points ahead for a key that comes often, so that few of its callers wait for a question', async () => {
    const store = new Store(LARGE);
    const rate = node(store, LARGE);
    for (let index = 0; index < 400; index++) expect(await rate.take('a')).toBeUndefined();
    expect(store.questions.length).toBeLessThan(100);
    expect(Math.max(...store.questions)).toBeLessThanOrEqual(10); // a hundredth of the budget
    expect(await rate.take('b')).toBeUndefined();
    expect(store.questions.at(-1)).toBe(1);
  });

  it.each([
    ['one after the other', 1],
    ['in crowds', 37],
  ])(
    'admits no more than the budget has, and nine tenths of it at least, where nodes take ahead: %s',
    async (_, crowd) => {
      const store = new Store(LARGE);
      const nodes = Array.from({ length: 8 }, () => node(store, LARGE));
      const outcomes: unknown[] = [];
      for (let index = 0; outcomes.length < 4_000; index++) {
        outcomes.push(...(await take(nodes[(index * 5 + (index >> 4)) % nodes.length]!, crowd)));
      }
      expect(admitted(outcomes)).toBeLessThanOrEqual(1_000);
      expect(outcomes.findIndex((excess) => excess !== undefined)).toBeGreaterThanOrEqual(900);
      expect(admitted(outcomes)).toBe(1_000); // what was taken ahead is given to those who come to that node
    },
  );

  it('gives nothing out in a window that was taken ahead in the one before', async () => {
    const windows = [new Store(LARGE), new Store(LARGE)];
    const rate = node({ consume: (key, points) => windows[0]!.consume(key, points) }, LARGE);
    await take(rate, 300);
    await rate.take('a');
    windows.shift(); // the store has begun anew, and this node's clock is late
    let before = 0;
    for (; windows[0]!.questions.length === 0; before++) await rate.take('a');
    await turn(); // the answer is there
    expect(before).toBeLessThanOrEqual(6);
    expect(before + admitted(await take(rate, 2_000))).toBeLessThanOrEqual(1_000 + before);
  });
});
