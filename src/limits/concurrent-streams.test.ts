import { ConcurrentStreams } from './concurrent-streams.js';

/** Lets everything that is already decided run. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('the limit of concurrent streams', () => {
  it('refuses what comes while so many run, and lets the next in when one ends', async () => {
    const streams = new ConcurrentStreams(2);
    for (let stream = 0; stream < 2; stream++) {
      await streams.enter('alice');
      streams.started('alice');
    }
    await expect(streams.enter('alice')).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED', retryAfterMs: 1_000 });
    await streams.enter('bob');
    streams.leave('alice');
    await streams.enter('alice');
  });

  it('never refuses for the sake of requests that get no credits', async () => {
    const streams = new ConcurrentStreams(2);
    const entered: number[] = [];
    const requests = Array.from({ length: 10 }, async (_, index) => {
      await streams.enter('alice');
      entered.push(index);
      await settled();
      if (index % 5 === 0) streams.started('alice');
      else streams.declined('alice');
    });
    const outcomes = await Promise.allSettled(requests);
    expect(entered.slice(0, 6)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(10 - entered.length);
  });

  it('refuses those who waited once the places are taken for good', async () => {
    const streams = new ConcurrentStreams(1);
    await streams.enter('alice');
    const waiting = streams.enter('alice');
    streams.started('alice');
    await expect(waiting).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
  });
});
