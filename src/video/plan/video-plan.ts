import type { VideoOperation, VideoResolution } from '../../providers/contract/video-offer.js';
import type { FirstStep } from './first-step.js';

/** What each frame of an input costs, where its frames are charged. */
export interface FramePrice {
  /** Of the input. */
  frames: number;
  /** US dollars, decimal text. */
  usdPerFrame: string;
  /** Exact decimal text. */
  creditsPerFrame: string;
}

/** A smaller picture of the same shape that the same model makes: what is charged where that one is delivered. */
export interface LesserFormat {
  width: number;
  height: number;
  resolution: VideoResolution;
  usdPerSecond: string;
  creditsPerSecond: string;
}

/** One way to make a video: every value is one that the provider offers, at a price that is frozen with it. */
export interface VideoChoice {
  provider: string;
  operation: VideoOperation;
  model: string;
  /** Whole seconds that are charged if all of them are delivered. */
  seconds: number;
  width: number;
  height: number;
  resolution: VideoResolution;
  aspectRatio: string;
  /** US dollars, decimal text. */
  usdPerSecond: string;
  /** What a second is charged at, exact decimal text: CREDITS_PER_USD may change while it is made. */
  creditsPerSecond: string;
  /** Absent: seconds are charged; else these are, and the prices of a second are only shown. */
  byFrame?: FramePrice;
  /** None of them is dearer. */
  lesser?: readonly LesserFormat[];
  /** What all of it costs, in micro-credits, as text: rounded once, up. */
  amount: string;
}

/** A value that the client left out, and what it became. */
export interface Substitution {
  field: 'duration' | 'resolution' | 'aspectRatio';
  /** The given default. */
  wanted: string;
  chosen: string;
}

export interface VideoPlan {
  /** At least one; each makes the same video, and the next is taken where one refuses the order. */
  choices: readonly VideoChoice[];
  substitutions: readonly Substitution[];
  /** How the file that one of the choices makes is enlarged then, each for the most frames that it may have; absent: it is the video. */
  then?: readonly VideoChoice[];
  /** The step before, where the choices enlarge its file, or where that came to nothing. */
  before?: FirstStep;
}
