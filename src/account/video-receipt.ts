import type { VideoOutcome, VideoPrice, VideoTerms } from '../video/plan/video-terms.js';
import type { ReceiptEnd, VideoPriceResponse } from './receipt.dto.js';

/** What close_one in ledger.sql writes where a hold's own deadline passed. */
interface ReapedVideo {
  usageSource: 'reaper';
  finishReason: string;
}

/** What the receipt of a video says beside what every receipt does. Pure. */
export function describeVideo(terms: VideoTerms, outcome: VideoOutcome | ReapedVideo | null): ReceiptEnd {
  const { seconds, resolution, aspectRatio } = terms;
  const nothing = { usage: null, usageSource: null, attempts: [] };
  if (outcome === null || 'usageSource' in outcome) {
    const { provider, model } = terms;
    const price = priceOf(terms.price);
    const video = { seconds: outcome === null ? seconds : 0, resolution, aspectRatio, providerCostUsd: null };
    const error = outcome === null ? null : 'UPSTREAM_LOST';
    return { ...nothing, provider, model, price, video, finishReason: outcome?.finishReason ?? null, error };
  }
  const { provider, model, price, providerCostUsd, finishReason, error } = outcome;
  return {
    ...nothing,
    provider,
    model,
    price: priceOf(price),
    video: {
      seconds: outcome.seconds,
      resolution,
      aspectRatio,
      providerCostUsd: providerCostUsd === undefined ? null : Number(providerCostUsd),
    },
    finishReason,
    error: error ?? null,
  };
}

/** For showing, not for reckoning. */
function priceOf({ usdPerSecond, creditsPerSecond }: VideoPrice): VideoPriceResponse {
  return { usdPerSecond: Number(usdPerSecond), creditsPerSecond: Number(creditsPerSecond) };
}
