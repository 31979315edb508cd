import type { VideoResolution } from '../../providers/contract/video-offer.js';

/** How much longer a picture of that size takes. */
const EFFORT: Record<VideoResolution, number> = { '720p': 1, '1080p': 1.6, '4K': 3 };
const ORDER_AND_COPY_SECONDS = 30;
const PER_SECOND = 10;

/** How long a video may take where no one has been made yet, in seconds: our own guess, a figure of no vendor. */
export function guessedSeconds({ seconds, resolution }: { seconds: number; resolution: VideoResolution }): number {
  return Math.ceil(ORDER_AND_COPY_SECONDS + seconds * PER_SECOND * EFFORT[resolution]);
}
