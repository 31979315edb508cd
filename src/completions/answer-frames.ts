import type { ErrorBody } from '../common/errors/gateway-error.js';
import { BALANCE_PLACEHOLDER, CREDITS_PLACEHOLDER } from '../billing/ledger/ledger-operations.js';
import type { TokenUsage } from '../providers/contract/token-usage.js';

/**
 * The frames of an answer as text, exactly as they are logged and sent (docs/protocol.md). They are put together by
 * hand: a chunk's frame is written hundreds of times a second, and the terminal ones hold placeholders for what only the
 * ledger knows, the credits charged and the balance.
 */

export type UsageSource = 'provider' | 'estimated';

/** Facts of the answer for `metadata`. */
export interface AnswerMetadata {
  /** The model that really answered, and its provider; where none did, what was asked for. */
  model: string;
  provider: string;
  /** From the request to its end, in milliseconds. */
  latency: number;
  finishReason: string;
  /** Calls of providers that it took. */
  attempts: number;
}

export interface FrameUsage {
  usage: TokenUsage;
  usageSource: UsageSource;
}

/** What one delta becomes: text, or reasoning beside an empty text. */
export function chunkFrame(idJson: string, seq: number, delta: { text: string; reasoning?: string }): string {
  const reasoning = delta.reasoning === undefined ? '' : `,"reasoning":${JSON.stringify(delta.reasoning)}`;
  return `{"id":${idJson},"type":"chunk","data":${JSON.stringify(delta.text)}${reasoning},"seq":${seq}}`;
}

export function doneFrame(idJson: string, seq: number, usage: FrameUsage, metadata: AnswerMetadata): string {
  return `{"id":${idJson},"type":"done","seq":${seq},${ending(usage, metadata)}}`;
}

/** The whole answer in one frame, for requests that don't stream. */
export function completionFrame(idJson: string, text: string, usage: FrameUsage, metadata: AnswerMetadata): string {
  return `{"id":${idJson},"type":"completion","data":${JSON.stringify(text)},${ending(usage, metadata)}}`;
}

/** Vectors as JSON text in `data`, which the given type asks for, and as numbers beside it. */
export function embeddingFrame(
  idJson: string,
  vectors: readonly number[][],
  hasSingleInput: boolean,
  usage: FrameUsage,
  metadata: AnswerMetadata,
): string {
  const numbers = JSON.stringify(vectors);
  const data = JSON.stringify(hasSingleInput ? JSON.stringify(vectors[0]) : numbers);
  return `{"id":${idJson},"type":"completion","data":${data},"embeddings":${numbers},${ending(usage, metadata)}}`;
}

export function errorFrame(
  idJson: string,
  seq: number,
  error: ErrorBody,
  usage: FrameUsage,
  metadata: AnswerMetadata,
): string {
  return `{"id":${idJson},"type":"error","seq":${seq},"error":${JSON.stringify(error)},${ending(usage, metadata)}}`;
}

function ending({ usage, usageSource }: FrameUsage, metadata: AnswerMetadata): string {
  const { inputTokens, outputTokens, cachedInputTokens, reasoningTokens } = usage;
  const cached = !cachedInputTokens ? '' : `,"cachedTokens":${cachedInputTokens}`;
  const reasoning = !reasoningTokens ? '' : `,"reasoningTokens":${reasoningTokens}`;
  return (
    `"usage":{"promptTokens":${inputTokens},"completionTokens":${outputTokens},"totalTokens":${inputTokens + outputTokens},` +
    `"credits":${CREDITS_PLACEHOLDER},"usageSource":"${usageSource}"${cached}${reasoning}},` +
    `"metadata":${JSON.stringify(metadata)},"balance":${BALANCE_PLACEHOLDER}`
  );
}
