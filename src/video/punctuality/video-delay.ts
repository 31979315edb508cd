import type { VideoRecord } from '../store/video-record.js';
import { isStandardVideo } from './standard-video.js';

/** What holds a late video up, and what its user is told of that. */
export const VIDEO_DELAYS = {
  enhancing_prompt: 'Its prompt is still being enhanced.',
  waiting_for_worker: 'It waits for its turn in the gateway, where more is to be done than can be at once.',
  waiting_for_provider: 'The provider takes no orders for now; it is asked again.',
  ordering: 'The provider has not answered the order yet.',
  provider_queue: 'The provider has taken the order and has not begun yet.',
  provider_slow: 'The provider is making it, and takes longer than usual.',
  provider_unreachable: 'The provider can not be asked about it for now; it is asked again.',
  copying: 'The provider has made it; the file is being brought here.',
  copy_repeated: 'The provider has made it, but its file could not be had yet; that is tried again.',
} as const;
export type VideoDelayReason = keyof typeof VIDEO_DELAYS;
export const VIDEO_DELAY_REASONS = Object.keys(VIDEO_DELAYS) as VideoDelayReason[];

/** Why a video is late. */
export interface VideoDelay {
  reason: VideoDelayReason;
  message: string;
  /** When it came to the stage of its life that it is in; ISO 8601. */
  since: string;
}

/** A step that was due so long ago has not been taken up: a busy worker is some seconds behind (docs/video-figures.md). */
const OVERDUE_MS = 60_000;

/**
 * Why a video can't be played yet; undefined: it is not late, or over. A standard one is late after `lateMs`, any other
 * one as soon as it has also taken longer than its kind does by experience. Pure.
 */
export function videoDelay(
  video: VideoRecord,
  { lateMs, usualSeconds }: { lateMs: number; usualSeconds: number },
): VideoDelay | undefined {
  const allowedMs = isStandardVideo(video) ? lateMs : Math.max(lateMs, usualSeconds * 1_000);
  if (video.ageMs <= allowedMs) return undefined;
  const stage = stageOf(video);
  if (!stage) return undefined;
  const [reason, since] = stage;
  return { reason, message: VIDEO_DELAYS[reason], since: (since ?? video.createdAt).toISOString() };
}

/** What it waits for, and since when it is in that state. */
function stageOf(video: VideoRecord): [VideoDelayReason, Date | null] | undefined {
  const { state, isReady, refusals, pollFaults, createdAt, submittingAt, submittedAt, finishedAt, copies, media } =
    video;
  const isOverdue = video.dueForMs > OVERDUE_MS;
  switch (state) {
    case 'queued':
      if (!isReady) return ['enhancing_prompt', createdAt];
      return [refusals > 0 && !isOverdue ? 'waiting_for_provider' : 'waiting_for_worker', createdAt];
    case 'submitting':
      return [isOverdue ? 'waiting_for_worker' : 'ordering', submittingAt];
    case 'submitted':
    case 'processing':
      if (isOverdue) return ['waiting_for_worker', submittedAt];
      if (pollFaults > 0) return ['provider_unreachable', submittedAt];
      return [state === 'submitted' ? 'provider_queue' : 'provider_slow', submittedAt];
    case 'copying': // a copy takes its time, and its step is not due again meanwhile
      if (copies === 0 || media) return ['waiting_for_worker', finishedAt];
      return [pollFaults > 0 ? 'copy_repeated' : 'copying', finishedAt];
    case 'completed':
    case 'failed':
    case 'cancelled':
      return undefined;
  }
}
