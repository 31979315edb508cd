import { MessageOutbox } from './message-outbox.js';

/** An outbox whose batches end when the test says so. */
function openOutbox() {
  const batches: number[][] = [];
  const ends: ((error?: Error) => void)[] = [];
  const losses: [string, number][] = [];
  const outbox = new MessageOutbox<number>(
    (batch) => {
      batches.push(batch);
      return new Promise((resolve, reject) => ends.push((error) => (error ? reject(error) : resolve())));
    },
    ({ message }, count) => losses.push([message, count]),
  );
  const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
  return { outbox, batches, ends, losses, turn };
}

describe('MessageOutbox', () => {
  it('sends the first at once, and what comes meanwhile together, in order', async () => {
    const { outbox, batches, ends, turn } = openOutbox();
    for (const message of [1, 2, 3]) outbox.add(message);
    expect(batches).toEqual([[1]]);
    ends[0]!();
    await turn();
    expect(batches).toEqual([[1], [2, 3]]);
    ends[1]!();
    await outbox.settled();
    outbox.add(4);
    expect(batches).toEqual([[1], [2, 3], [4]]);
  });

  it('drops a batch that fails, and goes on with the next', async () => {
    const { outbox, batches, ends, losses, turn } = openOutbox();
    for (const message of [1, 2, 3]) outbox.add(message);
    ends[0]!(new Error('away'));
    await turn();
    expect(losses).toEqual([['away', 1]]);
    expect(batches).toEqual([[1], [2, 3]]);
  });

  it('holds no more than a thousand, and sends no more than a hundred at once', async () => {
    const { outbox, batches, ends, losses, turn } = openOutbox();
    for (let message = 0; message < 1_501; message++) outbox.add(message);
    expect(losses).toHaveLength(500);
    for (let index = 0; index < 11; index++) {
      ends[index]!();
      await turn();
    }
    await outbox.settled();
    expect(batches.map(({ length }) => length)).toEqual([1, ...Array<number>(10).fill(100)]);
    expect(batches.flat().at(-1)).toBe(1_000);
  });
});
