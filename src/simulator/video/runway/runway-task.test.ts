import type { VideoJob } from '../video-job.js';
import type { VideoEnd } from '../video-script.js';
import { runwayTask } from './runway-task.js';

const BEGUN = Date.UTC(2026, 0, 1);
const SECRET = Buffer.from('secret');

function task(afterMs: number, end?: VideoEnd, changes: Partial<VideoJob> = {}) {
  const job: VideoJob = {
    ...{ id: 'j', wire: 'runway', operation: 'create', model: 'gen4.5', prompt: 'p', keyFingerprint: 'k' },
    ...{ seconds: 5, width: 1280, height: 720, priceMicroUsd: 600_000 },
    script: { faults: {}, ...(end === undefined ? {} : { end }) },
    ...{ createdAtMs: BEGUN, beginsAtMs: BEGUN + 1_000, endsAtMs: BEGUN + 11_000, polledAtMs: [] },
    counts: { create: 1, poll: 0, content: 0, thumbnail: 0, cancel: 0 },
    ...changes,
  };
  return runwayTask(job, BEGUN + afterMs, SECRET, 'http://host:1');
}
const head = { id: 'j', createdAt: '2026-01-01T00:00:00.000Z' };
const estimated = { ...head, estimatedCost: { credits: 60 } };
const paid = { ...head, cost: { credits: 60 } };
const free = { ...head, cost: { credits: 0 } };

describe('a Runway task', () => {
  it('waits, is held back, runs and succeeds', () => {
    expect(task(500)).toEqual({ ...estimated, status: 'PENDING' });
    expect(task(501)).toEqual({ ...estimated, status: 'THROTTLED' });
    expect(task(3_500)).toEqual({ ...estimated, status: 'RUNNING', progress: 0.25 });
    const output = [expect.stringMatching(/^http:\/\/host:1\/video-files\/j\/video\?expires=\d+&signature=.+/)];
    expect(task(11_000)).toEqual({ ...paid, status: 'SUCCEEDED', output });
  });

  it('costs what is refused after it was made, and nothing before', () => {
    const failure = expect.any(String);
    expect(task(11_000, 'moderated')).toEqual({
      ...{ ...paid, status: 'FAILED', failure },
      failureCode: 'SAFETY.OUTPUT.VIDEO',
    });
    expect(task(11_000, 'moderated', { priceMicroUsd: 0 })).toEqual({
      ...{ ...free, status: 'FAILED', failure },
      failureCode: 'SAFETY.INPUT.TEXT',
    });
    expect(task(11_000, 'failed')).toEqual({ ...free, status: 'FAILED', failure, failureCode: 'INTERNAL' });
    expect(task(11_000, 'cancelled')).toEqual({ ...free, status: 'CANCELLED' });
  });
});
