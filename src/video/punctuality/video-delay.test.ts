import type { VideoRecord } from '../store/video-record.js';
import { VIDEO_DELAY_REASONS, VIDEO_DELAYS, videoDelay, type VideoDelayReason } from './video-delay.js';

const LATE_MS = 300_000;
const created = new Date('2026-11-22T10:00:00Z');
const submitting = new Date('2026-11-22T10:00:10Z');
const submitted = new Date('2026-11-22T10:00:12Z');
const finished = new Date('2026-11-22T10:04:00Z');

/** A standard video that was ordered longer ago than it may take, and waits for its first order. */
function late(changes: Partial<VideoRecord> = {}, choice: { resolution?: string; seconds?: number } = {}): VideoRecord {
  return {
    state: 'queued',
    plan: { choices: [{ resolution: '720p', seconds: 8, ...choice }], substitutions: [] },
    choice: 0,
    isReady: true,
    refusals: 0,
    pollFaults: 0,
    copies: 0,
    media: null,
    createdAt: created,
    submittingAt: null,
    submittedAt: null,
    finishedAt: null,
    ageMs: LATE_MS + 1,
    dueForMs: 0,
    ...changes,
  } as VideoRecord;
}
const delayOf = (video: VideoRecord, usualSeconds = 110) => videoDelay(video, { lateMs: LATE_MS, usualSeconds });

const ordered = { state: 'submitting', submittingAt: submitting } as const;
const there = { state: 'submitted', submittingAt: submitting, submittedAt: submitted } as const;
const made = { ...there, state: 'copying', finishedAt: finished } as const;
const OVERDUE = { dueForMs: 60_001 };

describe('why a video is late', () => {
  const rows: [string, Partial<VideoRecord>, VideoDelayReason, Date][] = [
    ['its prompt is worked on', { isReady: false, ...OVERDUE }, 'enhancing_prompt', created],
    ['no worker has begun with it', {}, 'waiting_for_worker', created],
    ['its order was refused', { refusals: 2 }, 'waiting_for_provider', created],
    ['its order was refused, and is due for long', { refusals: 2, ...OVERDUE }, 'waiting_for_worker', created],
    ['its order is not answered', ordered, 'ordering', submitting],
    ['the worker died with its order', { ...ordered, ...OVERDUE }, 'waiting_for_worker', submitting],
    ['it has not begun there', there, 'provider_queue', submitted],
    ['it is being made', { ...there, state: 'processing' }, 'provider_slow', submitted],
    ['nobody answers for it', { ...there, state: 'processing', pollFaults: 1 }, 'provider_unreachable', submitted],
    ['nobody has asked for long', { ...there, state: 'processing', ...OVERDUE }, 'waiting_for_worker', submitted],
    ['its file waits for a place', made, 'waiting_for_worker', finished],
    ['its file is under way', { ...made, copies: 1, ...OVERDUE }, 'copying', finished],
    ['its file did not come', { ...made, copies: 2, pollFaults: 1 }, 'copy_repeated', finished],
    ['it is not charged yet', { ...made, copies: 1, media: {} as never }, 'waiting_for_worker', finished],
  ];

  it.each(rows)('%s', (_, changes, reason, since) => {
    expect(delayOf(late(changes))).toEqual({ reason, message: VIDEO_DELAYS[reason], since: since.toISOString() });
  });

  it('has a row here for every reason', () => {
    expect(new Set(rows.map(([, , reason]) => reason))).toEqual(new Set(VIDEO_DELAY_REASONS));
  });

  it.each(['completed', 'failed', 'cancelled'] as const)('is not asked of one that is %s', (state) => {
    expect(delayOf(late({ state }))).toBeUndefined();
  });
});

describe('when a video is late', () => {
  it('is told after the given time and not before', () => {
    expect(delayOf(late({ ageMs: LATE_MS }))).toBeUndefined();
    expect(delayOf(late({ ageMs: LATE_MS + 1 }))).toBeDefined();
  });

  it('does not depend on what standard ones usually take', () => {
    expect(delayOf(late(), 3_600)).toBeDefined();
  });

  it.each([{ seconds: 12 }, { resolution: '1080p' }])(
    'leaves more time to one of %j, if its kind takes more',
    (kind) => {
      expect(delayOf(late({}, kind), 400)).toBeUndefined();
      expect(delayOf(late({ ageMs: 400_001 }, kind), 400)).toBeDefined();
      expect(delayOf(late({}, kind), 100)).toBeDefined();
    },
  );
});
