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
  /** Our estimate of the prompt. */
  promptTokens: number;
  /** Our count of the deltas. */
  countedTokens: number;
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
 * The table of what is charged (docs/data-model.md): a provider's own count wins, an explicit zero included;
 * an answer that broke off or ran out of credits costs its prompt and what was delivered; one that never began, nothing.
 */
export function settle(account: AnswerAccount): Settlement {
  const { ending, reportedUsage } = account;
  if (!account.hasAnswered)
    return { usage: { inputTokens: 0, outputTokens: 0 }, usageSource: 'estimated', isFree: true };
  if (reportedUsage && account.hasFinished && ending.kind === 'done')
    return { usage: reportedUsage, usageSource: 'provider', isFree: false };
  return {
    usage: { inputTokens: account.promptTokens, outputTokens: account.countedTokens },
    usageSource: 'estimated',
    isFree: ending.kind === 'error' && ending.error.code !== 'CANCELLED' && account.isFreeOnError,
  };
}
