import type { StoredRequest } from '../billing/ledger/stream-log.js';
import { creditsNumber, type MicroCredits } from '../common/money/micro-credits.js';
import type { TokenUsage } from '../providers/contract/token-usage.js';
import type { ReceiptAttempt, ReceiptPrice, ReceiptResponse, ReceiptUsage } from './receipt.dto.js';

/** What a hold says of its request (completions/admission.ts writes it). */
interface Terms {
  type: string;
  model: string;
  provider: string;
  promptTokens: number;
}

/** What an ended request left (completions/answer-end.ts writes it). */
interface Outcome {
  model: string;
  provider: string;
  finishReason: string;
  usage: TokenUsage;
  usageSource: string;
  attempts: ReceiptAttempt[];
  error?: string;
  price?: ReceiptPrice;
}

/** What the reaper leaves instead: `tokens` of output were in the log, `asked` micro-credits were due. */
interface ReapedOutcome {
  usageSource: 'reaper';
  tokens: number;
  asked: number;
}

type Ended = Pick<
  ReceiptResponse,
  'model' | 'provider' | 'price' | 'usage' | 'usageSource' | 'attempts' | 'finishReason' | 'error'
>;

/** The receipt of a stored request. Pure. */
export function receiptOf(id: string, stored: StoredRequest, balanceAfter: MicroCredits | undefined): ReceiptResponse {
  const terms = stored.terms as unknown as Terms;
  return {
    id,
    type: terms.type,
    status: stored.status,
    ...describeEnd(terms, stored.outcome as unknown as Outcome | ReapedOutcome | null),
    hold: creditsNumber(stored.amount),
    charge: stored.charged === null ? null : creditsNumber(stored.charged),
    shortfall: creditsNumber(stored.shortfall),
    balanceAfter: balanceAfter === undefined ? null : creditsNumber(balanceAfter),
    createdAt: stored.createdAt.toISOString(),
    closedAt: stored.closedAt?.toISOString() ?? null,
  };
}

function describeEnd({ model, provider, promptTokens }: Terms, outcome: Outcome | ReapedOutcome | null): Ended {
  const unknown: Ended = {
    model,
    provider,
    price: null,
    usage: null,
    usageSource: null,
    attempts: [],
    finishReason: null,
    error: null,
  };
  if (outcome === null) return unknown;
  if ('finishReason' in outcome) return describeOutcome(outcome);
  const usage = { inputTokens: outcome.asked > 0 ? promptTokens : 0, outputTokens: outcome.tokens };
  return {
    ...unknown,
    usage: tokensByClass(usage),
    usageSource: outcome.usageSource,
    finishReason: 'error',
    error: 'UPSTREAM_LOST',
  };
}

function describeOutcome({ usage, price, error, ...outcome }: Outcome): Ended {
  return {
    model: outcome.model,
    provider: outcome.provider,
    price: price ?? null,
    usage: tokensByClass(usage),
    usageSource: outcome.usageSource,
    attempts: outcome.attempts,
    finishReason: outcome.finishReason,
    error: error ?? null,
  };
}

/** In the words of the WebSocket's frames. */
function tokensByClass(usage: TokenUsage): ReceiptUsage {
  const { inputTokens, outputTokens, cachedInputTokens, cacheWriteTokens, reasoningTokens } = usage;
  return {
    promptTokens: inputTokens,
    completionTokens: outputTokens,
    totalTokens: inputTokens + outputTokens,
    ...(cachedInputTokens === undefined ? {} : { cachedTokens: cachedInputTokens }),
    ...(cacheWriteTokens === undefined ? {} : { cacheWriteTokens }),
    ...(reasoningTokens === undefined ? {} : { reasoningTokens }),
  };
}
