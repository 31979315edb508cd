import { GatewayError } from '../../common/errors/gateway-error.js';
import { creditsNumber } from '../../common/money/micro-credits.js';
import type { ExceededLimit } from './ledger-operations.js';

/** What a limit counts, in words; those of a minute are rates, the others amounts (their codes differ). */
const LIMITS: Readonly<Record<string, { words: string; isRate?: true; isCredits?: true }>> = {
  requestsPerMinute: { words: 'requests a minute', isRate: true },
  tokensPerMinute: { words: 'tokens a minute', isRate: true },
  concurrentStreams: { words: 'answers at once' },
  creditsPerDay: { words: 'credits a day (UTC)', isCredits: true },
  creditsPerMonth: { words: 'credits a month (UTC)', isCredits: true },
  videosPerDay: { words: 'videos a day (UTC)' },
};

/**
 * A user's limit as the user is told of it: RATE_LIMIT_EXCEEDED for what passes within a minute, else LIMIT_EXCEEDED;
 * FORBIDDEN where the request asks for more than the whole limit, so that nobody waits and tries again.
 */
export function quotaRefusal({ limit, allowed, used, held, asked, retryAfterMs }: ExceededLimit): GatewayError {
  const { words, isRate, isCredits } = LIMITS[limit] ?? { words: limit };
  const amount = (value: number) => (isCredits ? creditsNumber(BigInt(value)) : value);
  const yourLimit = `Your limit is ${amount(allowed)} ${words}`;
  const facts = { limit, allowed: amount(allowed), ...(asked === undefined ? {} : { asked: amount(asked) }) };
  if (retryAfterMs === undefined) {
    const needs = asked === undefined ? '' : `, and this request alone asks for ${amount(asked)}`;
    return new GatewayError('FORBIDDEN', `${yourLimit}${needs}; no wait changes that. Nothing was charged.`, {
      details: facts,
    });
  }
  return new GatewayError(
    isRate ? 'RATE_LIMIT_EXCEEDED' : 'LIMIT_EXCEEDED',
    `${yourLimit}; nothing was charged, and the same id may be used again.`,
    {
      retryAfterMs,
      details: { ...facts, used: amount(used), ...(held === undefined ? {} : { held: amount(held) }) },
    },
  );
}
