/** What can be asked of a video model. `restyle` makes a video anew in another style; `extend` adds seconds at its end. */
export type VideoOperation = 'text-to-video' | 'image-to-video' | 'upscale' | 'restyle' | 'extend';

/** Whether a new video is made, and not another one changed. */
export function isGeneration(operation: VideoOperation): boolean {
  return operation === 'text-to-video' || operation === 'image-to-video';
}

/** In the given request's words. */
export type VideoResolution = '720p' | '1080p' | '4K';

/** In pixels. */
export interface VideoSize {
  width: number;
  height: number;
}

/** A picture format that a model makes, and what a second of it costs there. */
export interface VideoFormat extends VideoSize {
  resolution: VideoResolution;
  /** 'W:H', such as '16:9'. */
  aspectRatio: string;
  /** US dollars as decimal text with at most 6 decimals; money is never a float. */
  usdPerSecond: string;
  /** Where each frame of the input is charged instead, likewise; then a second's price is that of one with 30 frames. */
  usdPerFrame?: string;
}

/** One thing that one model of a provider can do: plain data, which a plan chooses from and a refusal lists. */
export interface VideoOffer {
  operation: VideoOperation;
  model: string;
  /** Lengths that it makes, in whole seconds, ascending. For an extension: what is added. Empty: as long as its input. */
  seconds: readonly number[];
  /** In the order of preference. */
  formats: readonly VideoFormat[];
  /** Longest prompt, in UTF-16 units; absent: as long as requests may have it. */
  maxPromptLength?: number;
  /** Longest video that it takes as input, in seconds; absent: it takes none. */
  maxInputSeconds?: number;
  /** The input must be exactly as large as the video that is made. */
  inputMatchesSize?: boolean;
  /** The most frames a second that its files have, where its vendor says it; else MOST_FRAMES_PER_SECOND (plan/frame-bound.ts). */
  mostFramesPerSecond?: number;
  /** Pictures keep the shape of the input, whatever it is; the size of a format is what they fill. */
  keepsShape?: boolean;
}
