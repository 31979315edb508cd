import type { VideoErrorKind } from '../../providers/contract/video-provider-error.js';
import type { VideoFailure } from '../store/video-record.js';

/** Why a video could not be made, in the gateway's words: a provider's own text is never shown. */
export type VideoFailureReason =
  | 'moderated'
  | 'provider_failed'
  | 'took_too_long'
  | 'provider_lost'
  | 'not_delivered'
  | 'too_large'
  | 'not_stored'
  | 'submit_unknown'
  | 'retired'
  | 'refused'
  | 'input_gone'
  | 'too_many_frames'
  | 'no_provider';

export const VIDEO_FAILURES: Readonly<Record<VideoFailureReason, VideoFailure>> = {
  moderated: {
    code: 'CONTENT_FILTERED',
    message: 'The provider declined the content; it would again. Nothing was charged.',
  },
  provider_failed: { code: 'UPSTREAM_LOST', message: 'The provider failed to make the video. Nothing was charged.' },
  took_too_long: { code: 'UPSTREAM_LOST', message: 'The provider took too long for the video. Nothing was charged.' },
  provider_lost: {
    code: 'UPSTREAM_LOST',
    message: 'The provider could no longer be asked about the video. Nothing was charged.',
  },
  not_delivered: {
    code: 'UPSTREAM_LOST',
    message: 'The provider made the video but did not deliver a file that can be played. Nothing was charged.',
  },
  too_large: {
    code: 'UPSTREAM_LOST',
    message: 'The provider made a video that is larger than what is stored here. Nothing was charged.',
  },
  not_stored: {
    code: 'UNAVAILABLE',
    message: 'The video was made, but there was no room to store it. Nothing was charged.',
  },
  submit_unknown: {
    code: 'SUBMIT_UNKNOWN',
    message:
      'The provider gave no clear answer to the order of the video: nobody knows whether it makes it. It is not ordered again by itself. Nothing was charged.',
  },
  retired: {
    code: 'UPSTREAM_RETIRED',
    message: 'The provider no longer has the model for this video. Nothing was charged.',
  },
  refused: { code: 'VALIDATION_ERROR', message: 'The provider refused the request as it is. Nothing was charged.' },
  input_gone: {
    code: 'UPSTREAM_LOST',
    message: 'The image or the video that it was to be made of is no longer kept. Nothing was charged.',
  },
  too_many_frames: {
    code: 'UNSUPPORTED_VIDEO',
    message: 'The first file has more frames than were held for, so it is not enlarged. Nothing was charged for that.',
  },
  no_provider: {
    code: 'ALL_PROVIDERS_FAILED',
    message: 'No provider took the order for the video. Nothing was charged.',
  },
};

/** What a refused order comes to where nobody else may be asked. */
const REFUSALS: Partial<Record<VideoErrorKind, VideoFailureReason>> = {
  moderated: 'moderated',
  retired: 'retired',
  bad_request: 'refused',
};

export function reasonOfRefusal(kind: VideoErrorKind): VideoFailureReason {
  return REFUSALS[kind] ?? 'no_provider';
}
