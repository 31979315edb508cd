import type { VideoOperation } from '../../providers/contract/video-offer.js';

/** What is wanted of a video. What is absent was left to us; what is there is made so, or not at all. */
export interface VideoWish {
  operation: VideoOperation;
  prompt: string;
  /** Seconds; of an extension: what is added. */
  duration?: number;
  resolution?: string;
  /** 'W:H' */
  aspectRatio?: string;
  /** The image or the video that it builds on, in pixels and seconds. */
  input?: { width: number; height: number; seconds?: number };
}

/** The defaults that the specification's workflow gives to what is left out. */
export const GIVEN_DEFAULTS = { duration: 30, resolution: '1080p', aspectRatio: '16:9' } as const;

/** What stands for a value that was left out: its input's own where it has one, else the given default. */
export function wantedDuration({ operation, input }: VideoWish): number {
  if (input?.seconds === undefined || operation === 'extend') return GIVEN_DEFAULTS.duration;
  return Math.max(1, Math.round(input.seconds));
}

export function wantedAspectRatio({ input }: VideoWish): string {
  if (!input) return GIVEN_DEFAULTS.aspectRatio;
  const divisor = greatestCommonDivisor(input.width, input.height);
  return `${input.width / divisor}:${input.height / divisor}`;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
