import fc from 'fast-check';
import { FairQueue } from './fair-queue.js';

const drain = <T>(queue: FairQueue<T>): T[] => {
  const all: T[] = [];
  for (let item = queue.shift(); item !== undefined; item = queue.shift()) all.push(item);
  return all;
};

describe('the fair queue', () => {
  it('serves users in turn, each of them first come first served', () => {
    const queue = new FairQueue<string>();
    for (const item of ['a1', 'a2', 'a3', 'b1', 'c1', 'c2']) queue.push(item[0]!, item);
    expect(drain(queue)).toEqual(['a1', 'b1', 'c1', 'a2', 'c2', 'a3']);
  });

  it('serves a user who comes late before one who had a turn in this round', () => {
    const queue = new FairQueue<string>();
    queue.startRound(['a']);
    for (let index = 0; index < 500; index++) queue.push('a', `a${index}`);
    queue.push('b', 'b0');
    expect(queue.shift()).toBe('b0');
    expect(queue.shift()).toBe('a0');
    queue.push('b', 'b1');
    expect(queue.shift()).toBe('b1');
  });

  it('does not let a user jump the line by coming again and again', () => {
    const queue = new FairQueue<string>();
    queue.startRound(['a', 'b']);
    queue.push('a', 'a0');
    queue.push('b', 'b0');
    expect(queue.shift()).toBe('a0');
    queue.push('a', 'a1');
    expect(drain(queue)).toEqual(['b0', 'a1']);
  });

  it('serves everyone in bounded time, though ever new users come', () => {
    const queue = new FairQueue<string>();
    queue.startRound(['patient']);
    queue.push('patient', 'patient');
    let turns = 0;
    do queue.push(`new ${++turns}`, `new ${turns}`);
    while (queue.shift() !== 'patient' && turns < 1_000);
    expect(turns).toBeLessThanOrEqual(102);
  });

  it('knows who has most, and the last of it', () => {
    const queue = new FairQueue<string>();
    expect(queue.heaviest()).toBeUndefined();
    for (const item of ['a1', 'b1', 'b2', 'b3', 'c1']) queue.push(item[0]!, item);
    expect(queue.heaviest()).toEqual({ user: 'b', count: 3 });
    expect(queue.newestOf('b')).toBe('b3');
    expect([queue.size, queue.userCount, queue.sizeOf('b'), queue.sizeOf('nobody')]).toEqual([5, 3, 3, 0]);
  });

  type Step = { act: 'push' | 'shift' | 'remove' | 'startRound'; user: number; pick: number };
  const steps = fc.array(
    fc.record<Step>({
      act: fc.oneof(
        { weight: 6, arbitrary: fc.constant('push' as const) },
        { weight: 4, arbitrary: fc.constant('shift' as const) },
        { weight: 1, arbitrary: fc.constant('remove' as const) },
        { weight: 1, arbitrary: fc.constant('startRound' as const) },
      ),
      user: fc.integer({ min: 0, max: 4 }),
      pick: fc.nat(),
    }),
    { maxLength: 200, size: 'max' },
  );
  const userOf = (item: string) => item.split(' ')[0]!;

  /** Runs the steps beside the simplest model there is: what waits, in the order in which it came. */
  function replay(given: readonly Step[], look: (queue: FairQueue<string>, waiting: readonly string[]) => void) {
    const queue = new FairQueue<string>();
    let waiting: string[] = [];
    const served: { item: string; leftBehind: string[] }[] = [];
    given.forEach(({ act, user, pick }, index) => {
      if (act === 'push') {
        waiting.push(`${user} ${index}`);
        queue.push(`${user}`, `${user} ${index}`);
      } else if (act === 'shift') {
        const item = queue.shift();
        waiting = waiting.filter((each) => each !== item);
        if (item !== undefined) served.push({ item, leftBehind: [...waiting] });
      } else if (act === 'remove' && waiting.length > 0) {
        const item = waiting[pick % waiting.length]!;
        expect(queue.remove(userOf(item), item)).toBe(true);
        expect(queue.remove(userOf(item), item)).toBe(false);
        waiting = waiting.filter((each) => each !== item);
      } else if (act === 'startRound' && waiting.length === 0) {
        queue.startRound([`${user}`]);
      }
      look(queue, waiting);
    });
    return served;
  }

  it('keeps count, loses nothing, gives nothing twice and keeps the order within a user', () => {
    fc.assert(
      fc.property(steps, (given) => {
        const served = replay(given, (queue, waiting) => {
          expect(queue.size).toBe(waiting.length);
          expect(queue.userCount).toBe(new Set(waiting.map(userOf)).size);
          expect([...queue.inOrder()].sort()).toEqual([...waiting].sort());
        });
        for (const { item, leftBehind } of served) {
          const older = (each: string) =>
            userOf(each) === userOf(item) && Number(each.split(' ')[1]) < Number(item.split(' ')[1]);
          expect(leftBehind.filter(older)).toEqual([]);
        }
      }),
    );
  });

  it('serves every user who waits between two services of another', () => {
    fc.assert(
      fc.property(steps, (given) => {
        const served = replay(given, () => undefined);
        served.forEach(({ item, leftBehind }, index) => {
          const again = served.findIndex((later, at) => at > index && userOf(later.item) === userOf(item));
          if (again < 0) return;
          const between = served.slice(index + 1, again).map((each) => userOf(each.item));
          // whoever waited all the time from the one service to the other
          const waited = leftBehind.filter((each) => served[again]!.leftBehind.includes(each)).map(userOf);
          for (const user of waited) if (user !== userOf(item)) expect(between).toContain(user);
        });
      }),
    );
  });

  it('foretells the order in which it serves', () => {
    fc.assert(
      fc.property(steps, (given) => {
        let last: FairQueue<string> | undefined;
        replay(given, (queue) => (last = queue));
        if (!last) return;
        const foretold = [...last.inOrder()];
        expect(drain(last)).toEqual(foretold);
      }),
    );
  });
});
