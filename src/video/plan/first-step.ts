import type { StoredMedia } from '../../media/media-store.js';
import type { VideoFailure, VideoFile } from '../store/video-record.js';
import type { VideoChoice } from './video-plan.js';

/** What the first step of a video of two came to: with it alone the video can still end. */
export interface FirstStep {
  choice: VideoChoice;
  /** At its provider. */
  jobId: string | null;
  media: VideoFile;
  thumbnail: StoredMedia | null;
  /** As the provider told, decimal text. */
  providerCostUsd: string | null;
  startedAt: string | null;
  endedAt: string;
  /** The second step, where it came to nothing: the video is this one's file then. */
  failed?: {
    choice: VideoChoice;
    failure: VideoFailure;
    /** What its provider told that it took all the same, decimal text. */
    providerCostUsd: string | null;
  };
}
