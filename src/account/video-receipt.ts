import { videoLine } from '../video/api/video-line.js';
import type { ChargedStep } from '../video/plan/charged-step.js';
import type { VideoPrice } from '../video/plan/choice-price.js';
import type { VideoOutcome, VideoTerms } from '../video/plan/video-terms.js';
import type { ReceiptEnd, VideoPriceResponse } from './receipt.dto.js';

/** What close_one in ledger.sql writes where a hold's own deadline passed. */
interface ReapedVideo {
  usageSource: 'reaper';
  finishReason: string;
}

/** What the receipt of a video says beside what every receipt does. Pure. */
export function describeVideo(terms: VideoTerms, outcome: VideoOutcome | ReapedVideo | null): ReceiptEnd {
  const { aspectRatio } = terms;
  const rest = { usage: null, usageSource: null, attempts: [] };
  if (outcome === null || 'usageSource' in outcome) {
    const { provider, model, resolution } = terms;
    const used = outcome === null ? { ...usedOf(terms), ...linesOf(terms.steps) } : { seconds: 0 };
    const video = { ...used, resolution, aspectRatio, providerCostUsd: null, providerCostSource: null };
    const finishReason = outcome?.finishReason ?? null;
    const error = outcome === null ? null : 'UPSTREAM_LOST';
    return { ...rest, provider, model, price: priceOf(terms.price), video, finishReason, error };
  }
  const { provider, model, price, resolution = terms.resolution, finishReason, error } = outcome;
  const video = { ...usedOf(outcome), ...linesOf(outcome.steps), resolution, aspectRatio, ...costOf(outcome) };
  return { ...rest, provider, model, price: priceOf(price), video, finishReason, error: error ?? null };
}

function usedOf({ seconds, frames }: Pick<VideoOutcome, 'seconds' | 'frames'>) {
  return { seconds, ...(frames === undefined ? {} : { frames }) };
}

function linesOf(steps: readonly ChargedStep[] | undefined) {
  return steps ? { lines: steps.map(videoLine) } : {};
}

/** Where nothing was charged for a video that came, nobody knows what the provider took for it. */
function costOf({ finishReason, providerCostUsd, steps, ...made }: VideoOutcome) {
  if (providerCostUsd !== undefined)
    return { providerCostUsd: Number(providerCostUsd), providerCostSource: 'provider' };
  if (steps) return { providerCostUsd: micros(sum(steps.map(stepCost))), providerCostSource: 'listed' };
  if (finishReason !== 'completed' || made.seconds === 0) return { providerCostUsd: null, providerCostSource: null };
  return { providerCostUsd: micros(listedCost(made)), providerCostSource: 'listed' };
}

/** Of two steps one may have told and the other not. */
function stepCost({ providerCostUsd, ...made }: ChargedStep): number {
  if (providerCostUsd !== undefined) return Number(providerCostUsd);
  return made.seconds === 0 ? 0 : listedCost(made);
}

function listedCost({ price, seconds, frames }: Pick<VideoOutcome, 'price' | 'seconds' | 'frames'>): number {
  return price.usdPerFrame !== undefined && frames !== undefined
    ? Number(price.usdPerFrame) * frames
    : Number(price.usdPerSecond) * seconds;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, each) => all + each, 0);
}

function micros(usd: number): number {
  return Math.round(usd * 1e6) / 1e6;
}

/** For showing, not for reckoning. */
function priceOf({ usdPerSecond, creditsPerSecond, usdPerFrame, creditsPerFrame }: VideoPrice): VideoPriceResponse {
  return {
    usdPerSecond: Number(usdPerSecond),
    creditsPerSecond: Number(creditsPerSecond),
    ...(usdPerFrame === undefined ? {} : { usdPerFrame: Number(usdPerFrame) }),
    ...(creditsPerFrame === undefined ? {} : { creditsPerFrame: Number(creditsPerFrame) }),
  };
}
