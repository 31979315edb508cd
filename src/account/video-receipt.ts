import type { VideoOutcome, VideoPrice, VideoTerms } from '../video/plan/video-terms.js';
import type { ReceiptEnd, VideoPriceResponse } from './receipt.dto.js';

/** What close_one in ledger.sql writes where a hold's own deadline passed. */
interface ReapedVideo {
  usageSource: 'reaper';
  finishReason: string;
}

/** What the receipt of a video says beside what every receipt does. Pure. */
export function describeVideo(terms: VideoTerms, outcome: VideoOutcome | ReapedVideo | null): ReceiptEnd {
  const { resolution, aspectRatio } = terms;
  const rest = { usage: null, usageSource: null, attempts: [] };
  if (outcome === null || 'usageSource' in outcome) {
    const { provider, model } = terms;
    const seconds = outcome === null ? terms.seconds : 0;
    const video = { seconds, resolution, aspectRatio, providerCostUsd: null, providerCostSource: null };
    const finishReason = outcome?.finishReason ?? null;
    const error = outcome === null ? null : 'UPSTREAM_LOST';
    return { ...rest, provider, model, price: priceOf(terms.price), video, finishReason, error };
  }
  const { provider, model, price, seconds, finishReason, error } = outcome;
  const video = { seconds, resolution, aspectRatio, ...costOf(outcome) };
  return { ...rest, provider, model, price: priceOf(price), video, finishReason, error: error ?? null };
}

function costOf({ finishReason, providerCostUsd, price, seconds }: VideoOutcome) {
  if (providerCostUsd !== undefined)
    return { providerCostUsd: Number(providerCostUsd), providerCostSource: 'provider' };
  if (finishReason !== 'completed') return { providerCostUsd: null, providerCostSource: null };
  const microDollars = Math.round(Number(price.usdPerSecond) * seconds * 1e6);
  return { providerCostUsd: microDollars / 1e6, providerCostSource: 'listed' };
}

/** For showing, not for reckoning. */
function priceOf({ usdPerSecond, creditsPerSecond }: VideoPrice): VideoPriceResponse {
  return { usdPerSecond: Number(usdPerSecond), creditsPerSecond: Number(creditsPerSecond) };
}
