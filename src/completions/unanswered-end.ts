import type { FinishOperation, StreamKey } from '../billing/ledger/ledger-operations.js';
import type { GatewayError } from '../common/errors/gateway-error.js';
import { errorFrame } from './answer-frames.js';

/** The end of a request that no provider was asked for in vain: one honest `error`, charged with nothing. Pure. */
export function unansweredEnd(
  key: StreamKey,
  { id, model, provider }: { id: string; model: string; provider: string },
  error: GatewayError,
): FinishOperation {
  const finishReason = error.code === 'CANCELLED' ? 'cancelled' : 'error';
  const metadata = { model, provider, latency: 0, finishReason, attempts: 0 };
  const usage = { usage: { inputTokens: 0, outputTokens: 0 }, usageSource: 'estimated' as const };
  return {
    ...key,
    seq: 1,
    frame: errorFrame(JSON.stringify(id), 1, error.toBody(), usage, metadata),
    outputTokens: 0,
    cost: 0n,
    outcome: JSON.stringify({ ...metadata, ...usage, attempts: [], error: error.code }),
  };
}
