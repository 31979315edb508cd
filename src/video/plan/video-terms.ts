import type { VideoRecord } from '../store/video-record.js';
import type { VideoChoice, VideoPlan } from './video-plan.js';

/** What a second costs. */
export interface VideoPrice {
  /** Decimal text, exact. */
  usdPerSecond: string;
  creditsPerSecond: string;
  /** Where frames are charged. */
  usdPerFrame?: string;
  creditsPerFrame?: string;
}

/** What a hold says of its video: the first choice. */
export interface VideoTerms {
  type: 'video';
  provider: string;
  model: string;
  seconds: number;
  /** Of the input, where they are charged. */
  frames?: number;
  resolution: string;
  aspectRatio: string;
  price: VideoPrice;
}

/** What an ended video leaves for its receipt: the choice that was tried last. */
export interface VideoOutcome {
  provider: string;
  model: string;
  /** Of video that was delivered and charged. */
  seconds: number;
  /** Of the input, where they are charged. */
  frames?: number;
  /** What was charged, where that is a smaller picture than the ordered one. */
  resolution?: string;
  price: VideoPrice;
  /** What the provider charged, decimal text, where it told. */
  providerCostUsd?: string;
  finishReason: 'completed' | 'failed' | 'cancelled';
  /** The error's code. */
  error?: string;
}

/** The terms of a video's hold, as JSON text. */
export function holdTerms({ choices }: VideoPlan): string {
  const { provider, model, seconds, resolution, aspectRatio, byFrame } = choices[0]!;
  return JSON.stringify({
    type: 'video',
    provider,
    model,
    seconds,
    ...(byFrame ? { frames: byFrame.frames } : {}),
    resolution,
    aspectRatio,
    price: priceOf(choices[0]!),
  } satisfies VideoTerms);
}

/** What is kept of a video's end beside its charge, as JSON text. @param end without a price: nothing was charged */
export function outcomeOf(
  { plan, choice, providerCostUsd }: Pick<VideoRecord, 'plan' | 'choice' | 'providerCostUsd'>,
  end: Pick<VideoOutcome, 'finishReason' | 'seconds' | 'frames' | 'resolution' | 'error'> & { price?: VideoPrice },
): string {
  const { provider, model } = plan.choices[choice]!;
  const { finishReason, seconds, frames, resolution, error, price = priceOf(plan.choices[choice]!) } = end;
  return JSON.stringify({
    provider,
    model,
    seconds,
    ...(frames === undefined ? {} : { frames }),
    ...(resolution === undefined ? {} : { resolution }),
    price,
    ...(providerCostUsd === null ? {} : { providerCostUsd }),
    finishReason,
    ...(error === undefined ? {} : { error }),
  } satisfies VideoOutcome);
}

/** As holds and ends keep it. */
function priceOf({ usdPerSecond, creditsPerSecond, byFrame }: VideoChoice): VideoPrice {
  if (!byFrame) return { usdPerSecond, creditsPerSecond };
  const { usdPerFrame, creditsPerFrame } = byFrame;
  return { usdPerSecond, creditsPerSecond, usdPerFrame, creditsPerFrame };
}
