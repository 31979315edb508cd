import type { GatewayError } from '../common/errors/gateway-error.js';
import type { TokenUsage } from '../providers/contract/token-usage.js';
import type { UsageSource } from './answer-frames.js';

/** How an answer ended. */
export type Ending =
  /** The provider finished, or the credits did. */
  | { kind: 'done'; finishReason: string }
  /** It broke off, was cancelled, or never began. */
  | { kind: 'error'; error: GatewayError };

/** What is known of an answer when it has ended. */
export interface AnswerAccount {
  ending: Ending;
  /** A provider's first content was received. */
  hasAnswered: boolean;
  /** The provider gave a finish reason: what it counted is the whole of it. */
  hasFinished: boolean;
  /** The provider's own count so far. */
  reportedUsage: TokenUsage | undefined;
  /** Our estimate of the prompt at the model that answered, and the most that it may count. */
  promptTokens: number;
  promptTokensBound: number;
  /** Our count of the deltas, and the limit that was sent upstream. */
  countedTokens: number;
  outputLimit: number;
  /** FREE_ON_ERROR. */
  isFreeOnError: boolean;
}

/** What is charged, and whose count it is. */
export interface Settlement {
  usage: TokenUsage;
  usageSource: UsageSource;
  isFree: boolean;
}

/**
 * The table of what is charged (docs/data-model.md): a provider's own count wins, an explicit zero included, unless it
 * can't be true; an answer that broke off or ran out of credits costs its prompt and what was delivered; one that never
 * began, nothing.
 */
export function settle(account: AnswerAccount): Settlement {
  const { ending, reportedUsage } = account;
  if (!account.hasAnswered)
    return { usage: { inputTokens: 0, outputTokens: 0 }, usageSource: 'estimated', isFree: true };
  if (reportedUsage && account.hasFinished && ending.kind === 'done' && isPlausible(reportedUsage, account))
    return { usage: withinPrompt(reportedUsage), usageSource: 'provider', isFree: false };
  return {
    usage: { inputTokens: account.promptTokens, outputTokens: Math.min(account.countedTokens, account.outputLimit) },
    usageSource: 'estimated',
    isFree: ending.kind === 'error' && ending.error.code !== 'CANCELLED' && account.isFreeOnError,
  };
}

/** How far beyond what was sent and asked for a count may be before it is a fault of the provider's. */
const PLAUSIBLE = { factor: 4, extraTokens: 1_000 };

/**
 * Whether a provider can have counted that: no tokenizer makes more tokens than bytes, images have a most, and the output
 * limit went upstream. Templates and tokenizers differ, so the bounds are wide; what is beyond them must not empty an
 * account.
 */
export function isPlausible(
  { inputTokens, outputTokens }: TokenUsage,
  { promptTokensBound, outputLimit }: Pick<AnswerAccount, 'promptTokensBound' | 'outputLimit'>,
): boolean {
  const { factor, extraTokens } = PLAUSIBLE;
  return inputTokens <= promptTokensBound * factor + extraTokens && outputTokens <= outputLimit * factor + extraTokens;
}

/** Tokens of a cache are part of the prompt: a count that says otherwise is taken without them. */
function withinPrompt(usage: TokenUsage): TokenUsage {
  const { cachedInputTokens = 0, cacheWriteTokens = 0, cacheWriteHourTokens: _, ...rest } = usage;
  return cachedInputTokens + cacheWriteTokens <= usage.inputTokens ? usage : rest;
}
