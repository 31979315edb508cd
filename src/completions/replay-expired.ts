import type { StoredRequest } from '../billing/ledger/stream-log.js';
import { GatewayError } from '../common/errors/gateway-error.js';
import { creditsNumber } from '../common/money/micro-credits.js';
import type { TokenUsage } from '../providers/contract/token-usage.js';

/** An answer that ended too long ago: its frames are gone, what it used is not. */
export function replayExpired({ outcome, charged }: StoredRequest): GatewayError {
  const usage = (outcome?.['usage'] ?? { inputTokens: 0, outputTokens: 0 }) as TokenUsage;
  return new GatewayError('RESUME_EXPIRED', 'The answer can no longer be read again; its receipt is kept.', {
    details: {
      usage: {
        promptTokens: usage.inputTokens,
        completionTokens: usage.outputTokens,
        totalTokens: usage.inputTokens + usage.outputTokens,
        credits: creditsNumber(charged ?? 0n),
      },
      model: outcome?.['model'] ?? null,
    },
  });
}
