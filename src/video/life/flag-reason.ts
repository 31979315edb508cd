import type { VideoFailure } from '../store/video-record.js';
import type { VideoState } from './video-state.js';

/** Why an operator has to look at a video. */
export const FLAG_REASONS = {
  order_unknown: 'the order had no clear answer: the provider may be making it, or have made it, and bill it',
  provider_lost: 'the provider took the order and could then no longer be asked, or no longer knew the job',
  took_too_long: 'the provider took the order and was not done within VIDEO_DEADLINE_MS',
  not_delivered: 'the provider made it, and delivered nothing that plays or may be as large',
  not_stored: 'the provider made it, and there was no room for it here',
  may_run_on: 'its user cancelled it, and the provider could not be told: the job may go on',
  less_than_ordered: 'it is shorter or smaller than it was ordered: the provider has probably billed what was ordered',
  key_or_quota: 'the provider refused our key, or its credit is used up',
  model_retired: 'the provider no longer has the model',
  other: 'none of the above',
} as const;
export type FlagReason = keyof typeof FLAG_REASONS;

/** By how a flagged video ended (VideoEndings), or the second step of one that ended with its first file: `error` is of that. Pure. */
export function flagReason(video: {
  state: VideoState;
  error: VideoFailure | null;
  providerFault: string | null;
  finishedAt: Date | null;
}): FlagReason {
  if (video.state === 'completed' && !video.error) return 'less_than_ordered';
  if (video.state === 'cancelled') return 'may_run_on';
  switch (video.error?.code) {
    case 'SUBMIT_UNKNOWN':
      return 'order_unknown';
    case 'UPSTREAM_LOST':
      if (video.finishedAt) return 'not_delivered';
      return video.providerFault === null ? 'took_too_long' : 'provider_lost';
    case 'UNAVAILABLE':
      return 'not_stored';
    case 'ALL_PROVIDERS_FAILED':
      return 'key_or_quota';
    case 'UPSTREAM_RETIRED':
      return 'model_retired';
    default:
      return 'other';
  }
}
