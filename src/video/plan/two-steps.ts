import { isGeneration } from '../../providers/contract/video-offer.js';
import type { VideoFailure, VideoFile, VideoRecord } from '../store/video-record.js';
import type { FirstStep } from './first-step.js';
import { mostFrames } from './frame-bound.js';
import { fittingPlan, type VideoProviderOffers } from './plan-video.js';
import type { VideoChoice, VideoPlan } from './video-plan.js';
import { amountOfFrames, amountOfSeconds, priceOfSecond } from './video-price.js';
import type { VideoWish } from './video-wish.js';

/**
 * A video of a size that nobody makes, but to which one can be enlarged: made at the size that is nearest to the default,
 * then upscaled (docs/decisions/2026-11-22-videos-of-two-steps.md).
 * @returns undefined where that can't be done either
 */
export function planTwoSteps(
  providers: readonly VideoProviderOffers[],
  { resolution, ...wish }: VideoWish,
  creditsPerUsd: string,
): VideoPlan | undefined {
  if (resolution === undefined || !isGeneration(wish.operation)) return undefined;
  const made = fittingPlan(providers, wish, creditsPerUsd);
  if (!made) return undefined;
  const { width, height, seconds } = made.choices[0]!;
  const input = { width, height, seconds, frames: mostFrames(providers, made.choices) };
  const enlarged = fittingPlan(providers, { operation: 'upscale', prompt: '', resolution, input }, creditsPerUsd);
  if (!enlarged) return undefined;
  const substitutions = made.substitutions.filter(({ field }) => field !== 'resolution');
  return { choices: made.choices, substitutions, then: enlarged.choices };
}

/** What a video is in the end, if all goes well: what its last step makes. */
export function lastChoice({ plan, choice }: Pick<VideoRecord, 'plan' | 'choice'>): VideoChoice {
  return plan.then?.[0] ?? plan.choices[choice]!;
}

/** The stored file that the present step builds on. */
export function stepInput({ plan, input }: Pick<VideoRecord, 'plan' | 'input'>): VideoRecord['input'] {
  return plan.before && !plan.before.failed ? plan.before.media : input;
}

/**
 * The plan of the second step, at what the first one's file costs there.
 * @param video whose first file is there
 * @returns undefined where that has more frames than were held for, or nobody could count them
 */
export function nextStep(video: VideoRecord, now: Date): VideoPlan | undefined {
  const { then = [], ...rest } = video.plan;
  const choices = then.flatMap((choice) => choiceFor(video.media!, choice) ?? []);
  return choices.length === 0 ? undefined : { ...rest, choices, before: firstStep(video, now) };
}

/** The plan of a video that ends with its first file, as the second step came to nothing, or is not begun. */
export function firstStepAlone(video: VideoRecord, failure: VideoFailure, now: Date): VideoPlan {
  const before = video.plan.before ?? firstStep(video, now);
  const choice = lastChoice(video);
  const providerCostUsd = video.plan.before ? video.providerCostUsd : null;
  const smaller = { field: 'resolution', wanted: choice.resolution, chosen: before.choice.resolution } as const;
  return {
    choices: [before.choice],
    substitutions: [...video.plan.substitutions, smaller],
    before: { ...before, failed: { choice, failure, providerCostUsd } },
  };
}

function firstStep(video: VideoRecord, now: Date): FirstStep {
  const { plan, choice, jobId, media, thumbnail, providerCostUsd, submittingAt } = video;
  return {
    ...{ choice: plan.choices[choice]!, jobId, media: media!, thumbnail, providerCostUsd },
    startedAt: submittingAt?.toISOString() ?? null,
    endedAt: now.toISOString(),
  };
}

/** Never dearer than it was planned. */
function choiceFor(file: VideoFile, choice: VideoChoice): VideoChoice | undefined {
  const seconds = Math.min(choice.seconds, Math.max(1, Math.round(file.seconds)));
  const { byFrame } = choice;
  if (!byFrame) return { ...choice, seconds, amount: `${amountOfSeconds(choice, seconds)}` };
  const { frames } = file;
  if (frames === undefined || frames > byFrame.frames) return undefined;
  return {
    ...choice,
    seconds,
    usdPerSecond: priceOfSecond(byFrame.usdPerFrame, frames, seconds, 6),
    creditsPerSecond: priceOfSecond(byFrame.creditsPerFrame, frames, seconds, 12),
    byFrame: { ...byFrame, frames },
    amount: `${amountOfFrames(byFrame, frames)}`,
  };
}
