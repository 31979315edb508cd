import { creditsNumber, decimalText } from '../../common/money/micro-credits.js';
import type { UsageFigures } from './usage-figures.js';
import type { AdminUsageSums, UsageSums } from './usage-report.dto.js';

/** Sums as a user sees them. Pure. */
export function usageSums(figures: UsageFigures): UsageSums {
  return {
    requests: Number(figures.requests),
    completed: Number(figures.completed),
    failed: Number(figures.failed),
    cancelled: Number(figures.cancelled),
    estimated: Number(figures.estimated),
    promptTokens: Number(figures.promptTokens),
    cachedTokens: Number(figures.cachedTokens),
    cacheWriteTokens: Number(figures.cacheWriteTokens),
    completionTokens: Number(figures.completionTokens),
    reasoningTokens: Number(figures.reasoningTokens),
    credits: creditsNumber(figures.charged),
    shortfall: creditsNumber(figures.shortfall),
    videos: {
      requests: Number(figures.videoRequests),
      completed: Number(figures.videosCompleted),
      seconds: millionths(figures.videoMicroseconds),
      credits: creditsNumber(figures.videoCharged),
    },
  };
}

/** The same with what it cost and brought the house. Pure. */
export function adminUsageSums(figures: UsageFigures): AdminUsageSums {
  const { revenueMicroUsd, costMicroUsd, lostMicroUsd } = figures;
  return {
    ...usageSums(figures),
    revenueUsd: millionths(revenueMicroUsd),
    providerCostUsd: millionths(costMicroUsd),
    lostUsd: millionths(lostMicroUsd),
    marginUsd: millionths(marginOf(figures)),
  };
}

/** Millionths of a US dollar that are left. */
export function marginOf({ revenueMicroUsd, costMicroUsd, lostMicroUsd }: UsageFigures): bigint {
  return revenueMicroUsd - costMicroUsd - lostMicroUsd;
}

function millionths(amount: bigint): number {
  return Number(decimalText(amount, 6));
}
