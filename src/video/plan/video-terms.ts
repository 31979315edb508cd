import type { VideoRecord } from '../store/video-record.js';
import type { VideoPlan } from './video-plan.js';

/** What a second costs. */
export interface VideoPrice {
  /** Decimal text, exact. */
  usdPerSecond: string;
  creditsPerSecond: string;
}

/** What a hold says of its video: the first choice. */
export interface VideoTerms {
  type: 'video';
  provider: string;
  model: string;
  seconds: number;
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
  price: VideoPrice;
  /** What the provider charged, decimal text, where it told. */
  providerCostUsd?: string;
  finishReason: 'completed' | 'failed' | 'cancelled';
  /** The error's code. */
  error?: string;
}

/** The terms of a video's hold, as JSON text. */
export function holdTerms({ choices }: VideoPlan): string {
  const { provider, model, seconds, resolution, aspectRatio, usdPerSecond, creditsPerSecond } = choices[0]!;
  const price = { usdPerSecond, creditsPerSecond };
  return JSON.stringify({
    type: 'video',
    provider,
    model,
    seconds,
    resolution,
    aspectRatio,
    price,
  } satisfies VideoTerms);
}

/** What is kept of a video's end beside its charge, as JSON text. */
export function outcomeOf(
  { plan, choice, providerCostUsd }: Pick<VideoRecord, 'plan' | 'choice' | 'providerCostUsd'>,
  { finishReason, seconds, error }: Pick<VideoOutcome, 'finishReason' | 'seconds' | 'error'>,
): string {
  const { provider, model, usdPerSecond, creditsPerSecond } = plan.choices[choice]!;
  return JSON.stringify({
    provider,
    model,
    seconds,
    price: { usdPerSecond, creditsPerSecond },
    ...(providerCostUsd === null ? {} : { providerCostUsd }),
    finishReason,
    ...(error === undefined ? {} : { error }),
  } satisfies VideoOutcome);
}
