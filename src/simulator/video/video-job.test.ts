import { chargedMicroUsd, stateOf, usualMakingMs, type VideoJob } from './video-job.js';
import type { VideoEnd, VideoWire } from './video-script.js';

const BEGUN = 1_000_000;
const counts = { create: 1, poll: 0, content: 0, thumbnail: 0, cancel: 0 };

/** Waits a second, takes ten. */
function job(end?: VideoEnd, wire: VideoWire = 'sora', changes: Partial<VideoJob> = {}): VideoJob {
  const what = { operation: 'create' as const, model: 'm', prompt: 'p', seconds: 4, width: 1280, height: 720 };
  const times = { createdAtMs: BEGUN, beginsAtMs: BEGUN + 1_000, endsAtMs: BEGUN + 11_000, polledAtMs: [] };
  const script = { faults: {}, ...(end === undefined ? {} : { end }) };
  return { ...what, ...times, id: 'j', keyFingerprint: 'k', wire, script, counts, priceMicroUsd: 400_000, ...changes };
}
const at = (of: VideoJob, afterMs: number) => stateOf(of, BEGUN + afterMs);

describe('how a job stands', () => {
  it('follows from the clock alone', () => {
    expect(at(job(), 0)).toMatchObject({ status: 'queued', progress: 0 });
    expect(at(job(), 1_000)).toMatchObject({ status: 'running', progress: 0 });
    expect(at(job(), 6_000)).toMatchObject({ status: 'running', progress: 0.5 });
    expect(at(job(), 10_999)).toMatchObject({ status: 'running', progress: 0.99 });
    expect(at(job(), 11_000)).toMatchObject({ status: 'completed', progress: 1 });
  });

  it.each([
    ['moderated', 'failed'],
    ['failed', 'failed'],
    ['cancelled', 'cancelled'],
    ['stuck', 'running'],
  ] as const)('ends as scripted: %s', (end, status) => {
    expect(at(job(end), 10_000)).toMatchObject({ status: 'running', isModerated: false });
    expect(at(job(end), 11_000)).toEqual({ status, progress: 0.99, isModerated: end === 'moderated' });
    expect(at(job(end), 1e9).status).toBe(status);
  });

  it('stays where its owner stopped it', () => {
    const stopped = job(undefined, 'runway', { cancelledAtMs: BEGUN + 6_000 });
    expect(at(stopped, 5_999).status).toBe('running');
    expect(at(stopped, 60_000)).toMatchObject({ status: 'cancelled', progress: 0.5 });
  });

  it('takes longer for longer videos', () => {
    expect([4, 20].map(usualMakingMs)).toEqual([3_600, 6_000]);
  });
});

describe('what a job costs', () => {
  const cost = (of: VideoJob, afterMs: number) => chargedMicroUsd(of, BEGUN + afterMs);

  it('is nothing before there is a video', () => {
    expect(cost(job(), 10_999)).toBe(0);
    expect(cost(job(), 11_000)).toBe(400_000);
  });

  it('is nothing for a failure, but for what Runway refuses after it was made', () => {
    expect(cost(job('failed'), 11_000)).toBe(0);
    expect(cost(job('moderated'), 11_000)).toBe(0);
    expect(cost(job('failed', 'runway'), 11_000)).toBe(0);
    expect(cost(job('moderated', 'runway'), 10_999)).toBe(0);
    expect(cost(job('moderated', 'runway'), 11_000)).toBe(400_000);
  });
});
