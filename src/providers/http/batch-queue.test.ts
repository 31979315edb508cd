import { BatchQueue } from './batch-queue.js';

function newQueue() {
  const calls: string[] = [];
  const queue = new BatchQueue<number>({ pause: () => calls.push('pause'), resume: () => calls.push('resume') });
  return { queue, calls };
}

describe('BatchQueue', () => {
  it('hands over what waits, in order, and then the end', async () => {
    const { queue } = newQueue();
    queue.push([1, 2]);
    queue.push([3]);
    queue.close();
    expect(await queue.next()).toEqual({ value: [1, 2], done: false });
    expect(await queue.next()).toEqual({ value: [3], done: false });
    expect(await queue.next()).toEqual({ value: undefined, done: true });
  });

  it('wakes the reader that waits', async () => {
    const { queue } = newQueue();
    const first = queue.next();
    queue.push([1]);
    expect(await first).toEqual({ value: [1], done: false });
    const second = queue.next();
    queue.close();
    expect(await second).toEqual({ value: undefined, done: true });
  });

  it('throws a failure once, after what waits, and is at its end then', async () => {
    const { queue } = newQueue();
    queue.push([1]);
    queue.close(new Error('lost'));
    expect(await queue.next()).toEqual({ value: [1], done: false });
    await expect(queue.next()).rejects.toThrow('lost');
    expect(await queue.next()).toEqual({ value: undefined, done: true });
  });

  it('fails the reader that waits', async () => {
    const { queue } = newQueue();
    const waiting = queue.next();
    queue.close(new Error('lost'));
    await expect(waiting).rejects.toThrow('lost');
    expect(await queue.next()).toEqual({ value: undefined, done: true });
  });

  it('takes nothing more once it is closed', async () => {
    const { queue } = newQueue();
    queue.close();
    queue.push([1]);
    queue.close(new Error('too late'));
    expect(await queue.next()).toEqual({ value: undefined, done: true });
  });

  it('throws away what waits when it is discarded', async () => {
    const { queue } = newQueue();
    queue.push([1]);
    queue.discard(new Error('aborted'));
    await expect(queue.next()).rejects.toThrow('aborted');
  });

  it('forgets an earlier failure when it is discarded', async () => {
    const { queue } = newQueue();
    queue.close(new Error('lost'));
    queue.discard();
    expect(await queue.next()).toEqual({ value: undefined, done: true });
  });

  it('pauses its source above 8 unread batches and resumes it when few are left', async () => {
    const { queue, calls } = newQueue();
    for (let count = 1; count <= 8; count++) queue.push([count]);
    expect(calls).toEqual([]);
    queue.push([9]);
    queue.push([10]);
    expect(calls).toEqual(['pause']);
    for (let count = 1; count < 8; count++) await queue.next();
    expect(calls).toEqual(['pause']);
    await queue.next();
    expect(calls).toEqual(['pause', 'resume']);
  });
});
