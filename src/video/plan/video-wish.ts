import type { VideoOperation } from '../../providers/contract/video-offer.js';
import { aspectRatioOf } from '../../providers/video/aspect-ratio.js';

/** What is wanted of a video. What is absent was left to us; what is there is made so, or not at all. */
export interface VideoWish {
  operation: VideoOperation;
  prompt: string;
  /** Seconds; of an extension: what is added. */
  duration?: number;
  resolution?: string;
  /** 'W:H' */
  aspectRatio?: string;
  /** The image or the video that it builds on, in pixels, seconds and frames. */
  input?: { width: number; height: number; seconds?: number; frames?: number };
}

/** The defaults that the specification's workflow gives to what is left out. */
export const GIVEN_DEFAULTS = { duration: 30, resolution: '1080p', aspectRatio: '16:9' } as const;

/** What stands for a value that was left out: its input's own where it has one, else the given default. */
export function wantedDuration({ operation, input }: VideoWish): number {
  if (input?.seconds === undefined || operation === 'extend') return GIVEN_DEFAULTS.duration;
  return Math.max(1, Math.round(input.seconds));
}

export function wantedAspectRatio({ input }: VideoWish): string {
  return input ? aspectRatioOf(input.width, input.height) : GIVEN_DEFAULTS.aspectRatio;
}

/** Width by height. @param aspectRatio 'W:H' */
export function shapeOf(aspectRatio: string): number {
  const [width = 1, height = 1] = aspectRatio.split(':').map(Number);
  return width / height;
}
