import type { UserLimits } from '../billing/accounts/user-limits.service.js';
import { creditsNumber, parseCredits } from '../common/money/micro-credits.js';
import type { LimitState } from './limit-administration.js';
import type { LimitsRequest, UserLimitsResponse } from './limits.dto.js';

/** The limits that a request names, credits as micro-credits. */
export function changesOf({ creditsPerDay, creditsPerMonth, ...counts }: LimitsRequest): Partial<UserLimits> {
  const micro = (credits: number | null | undefined) => (credits == null ? credits : parseCredits(String(credits)));
  const all = { ...counts, creditsPerDay: micro(creditsPerDay), creditsPerMonth: micro(creditsPerMonth) };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** Limits and what counts against them, as administrators see them. */
export function limitsResponse({ limits, usage }: LimitState): Omit<UserLimitsResponse, 'userId'> {
  const credits = (amount: bigint | null) => (amount === null ? null : creditsNumber(amount));
  return {
    limits: {
      ...limits,
      creditsPerDay: credits(limits.creditsPerDay),
      creditsPerMonth: credits(limits.creditsPerMonth),
    },
    usage: {
      ...usage,
      creditsToday: creditsNumber(usage.creditsToday),
      creditsThisMonth: creditsNumber(usage.creditsThisMonth),
      creditsHeld: creditsNumber(usage.creditsHeld),
    },
  };
}
