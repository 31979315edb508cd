import { QUEUE_OWNER } from '../billing/ledger/queue-ledger.js';
import type { StoredRequest } from '../billing/ledger/stream-log.js';
import type { PriceResponse } from '../billing/pricing/price-snapshot.dto.js';
import { creditsNumber, type MicroCredits } from '../common/money/micro-credits.js';
import type { TokenUsage } from '../providers/contract/token-usage.js';
import type { VideoOutcome, VideoTerms } from '../video/plan/video-terms.js';
import type { ReceiptAttempt, ReceiptEnd, ReceiptResponse, ReceiptUsage } from './receipt.dto.js';
import { describeVideo } from './video-receipt.js';

/** What a hold says of its request (completions/job-preparation.ts writes it). */
interface Terms {
  type: string;
  model: string;
  provider: string;
  /** Of the first choice; absent in holds from before it was kept. */
  price?: PriceResponse;
}

/** What an ended request left (completions/answer-end.ts writes it). */
interface Outcome {
  model: string;
  provider: string;
  finishReason: string;
  usage: TokenUsage;
  usageSource: 'provider' | 'estimated';
  attempts: ReceiptAttempt[];
  error?: string;
  /** Absent: nobody answered. */
  price?: PriceResponse;
}

/** The same where the node was lost (close_one in ledger.sql writes it): its attempts and its price went with it. */
interface ReapedOutcome extends Pick<Outcome, 'model' | 'provider' | 'finishReason' | 'usage'> {
  usageSource: 'reaper';
}

/** The receipt of a stored request. Pure. */
export function receiptOf(
  id: string,
  stored: StoredRequest,
  { balanceAfter, answer }: { balanceAfter?: MicroCredits | undefined; answer?: string | undefined },
): ReceiptResponse {
  return {
    id,
    type: String(stored.terms['type']),
    background: stored.owner === QUEUE_OWNER,
    answer: answer === undefined ? null : (JSON.parse(answer) as Record<string, unknown>),
    status: stored.status,
    ...describe(stored),
    hold: creditsNumber(stored.amount),
    charge: stored.charged === null ? null : creditsNumber(stored.charged),
    shortfall: creditsNumber(stored.shortfall),
    balanceAfter: balanceAfter === undefined ? null : creditsNumber(balanceAfter),
    createdAt: stored.createdAt.toISOString(),
    closedAt: stored.closedAt?.toISOString() ?? null,
  };
}

function describe({ terms, outcome }: Pick<StoredRequest, 'terms' | 'outcome'>): ReceiptEnd {
  return terms['type'] === 'video'
    ? describeVideo(terms as unknown as VideoTerms, outcome as unknown as VideoOutcome | null)
    : describeEnd(terms as unknown as Terms, outcome as unknown as Outcome | ReapedOutcome | null);
}

function describeEnd(terms: Terms, outcome: Outcome | ReapedOutcome | null): ReceiptEnd {
  if (outcome === null) return describePending(terms);
  const { model, provider, usage, usageSource, finishReason } = outcome;
  const end = { model, provider, usage: tokensByClass(usage), usageSource, finishReason };
  return outcome.usageSource === 'reaper'
    ? { ...end, price: terms.price ?? null, attempts: [], error: 'UPSTREAM_LOST' }
    : { ...end, price: outcome.price ?? null, attempts: outcome.attempts, error: outcome.error ?? null };
}

function describePending({ model, provider, price }: Terms): ReceiptEnd {
  return {
    model,
    provider,
    price: price ?? null,
    usage: null,
    usageSource: null,
    attempts: [],
    finishReason: null,
    error: null,
  };
}

/** In the words of the WebSocket's frames. */
function tokensByClass(usage: TokenUsage): ReceiptUsage {
  const { inputTokens, outputTokens, cachedInputTokens, cacheWriteTokens, cacheWriteHourTokens, reasoningTokens } =
    usage;
  return {
    promptTokens: inputTokens,
    completionTokens: outputTokens,
    totalTokens: inputTokens + outputTokens,
    ...(cachedInputTokens === undefined ? {} : { cachedTokens: cachedInputTokens }),
    ...(cacheWriteTokens === undefined ? {} : { cacheWriteTokens }),
    ...(cacheWriteHourTokens === undefined ? {} : { cacheWriteHourTokens }),
    ...(reasoningTokens === undefined ? {} : { reasoningTokens }),
  };
}
