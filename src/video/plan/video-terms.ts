import type { VideoRecord } from '../store/video-record.js';
import { costOfSteps, plannedSteps, type ChargedStep } from './charged-step.js';
import { priceOf, type VideoPrice } from './choice-price.js';
import { lastChoice } from './two-steps.js';
import type { VideoPlan } from './video-plan.js';

/** What a hold says of its video: the first choice; of a video of two steps the last one's. */
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
  /** Where there are two: what each costs at most. */
  steps?: ChargedStep[];
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
  /** What the provider charged, decimal text, where it told; of two steps, where all that made something told. */
  providerCostUsd?: string;
  finishReason: 'completed' | 'failed' | 'cancelled';
  /** The error's code. */
  error?: string;
  /** Where it came to a second one: what each was charged, and cost. */
  steps?: ChargedStep[];
}

/** What an end adds to what is known of the choice. Without a price: nothing was charged. */
export type VideoEnding = Pick<VideoOutcome, 'finishReason' | 'seconds'> & {
  [K in 'frames' | 'resolution' | 'error' | 'steps' | 'price']?: VideoOutcome[K] | undefined;
};

/** The terms of a video's hold, as JSON text. */
export function holdTerms(plan: VideoPlan): string {
  const choice = lastChoice({ plan, choice: 0 });
  const { provider, model, seconds, resolution, aspectRatio, byFrame } = choice;
  const steps = plannedSteps(plan);
  return JSON.stringify({
    type: 'video',
    provider,
    model,
    seconds,
    ...(byFrame ? { frames: byFrame.frames } : {}),
    resolution,
    aspectRatio,
    price: priceOf(choice),
    ...(steps ? { steps } : {}),
  } satisfies VideoTerms);
}

/** What is kept of a video's end beside its charge, as JSON text. */
export function outcomeOf(
  { plan, choice, providerCostUsd }: Pick<VideoRecord, 'plan' | 'choice' | 'providerCostUsd'>,
  end: VideoEnding,
): string {
  const { provider, model } = plan.choices[choice]!;
  const { finishReason, seconds, frames, resolution, error, steps, price = priceOf(plan.choices[choice]!) } = end;
  const costUsd = steps ? costOfSteps(steps) : (providerCostUsd ?? undefined);
  return JSON.stringify({
    provider,
    model,
    seconds,
    ...(frames === undefined ? {} : { frames }),
    ...(resolution === undefined ? {} : { resolution }),
    price,
    ...(costUsd === undefined ? {} : { providerCostUsd: costUsd }),
    finishReason,
    ...(error === undefined ? {} : { error }),
    ...(steps ? { steps } : {}),
  } satisfies VideoOutcome);
}
