import type { ErrorBody } from '../common/errors/gateway-error.js';
import { BALANCE_PLACEHOLDER, CREDITS_PLACEHOLDER } from '../billing/ledger/ledger-operations.js';
import type { EmbeddingResult } from '../providers/contract/text-provider.js';
import type { TokenUsage } from '../providers/contract/token-usage.js';
import type { ChunkContent, WholeContent } from './answer-content.js';

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
  /** It was given before, to the same request: nobody was asked, and it cost nothing. */
  cached?: true;
  /** Which of the request's stop sequences ended it, where the provider says so. */
  stopSequence?: string;
}

/** Who wrote a part of an answer. */
export interface AnswerSource {
  model: string;
  providerId: string;
}

export interface FrameUsage {
  usage: TokenUsage;
  usageSource: UsageSource;
}

/**
 * What one part becomes: text, or something else beside an empty text.
 * @param source who wrote it: on the first chunk, and on the first one of each other that goes on with the answer
 */
export function chunkFrame(
  idJson: string,
  seq: number,
  { text, reasoning, reasoningSignature, redactedReasoning, toolCalls, logprobs }: ChunkContent,
  source?: AnswerSource,
): string {
  let fields = JSON.stringify(text);
  if (reasoning !== undefined) fields += `,"reasoning":${JSON.stringify(reasoning)}`;
  if (reasoningSignature !== undefined) fields += `,"reasoningSignature":${JSON.stringify(reasoningSignature)}`;
  if (redactedReasoning !== undefined) fields += `,"redactedReasoning":${JSON.stringify(redactedReasoning)}`;
  if (toolCalls !== undefined) fields += `,"toolCalls":${JSON.stringify(toolCalls)}`;
  if (logprobs !== undefined) fields += `,"logprobs":${JSON.stringify(logprobs)}`;
  if (source) fields += `,"model":${JSON.stringify(source.model)},"provider":${JSON.stringify(source.providerId)}`;
  return `{"id":${idJson},"type":"chunk","data":${fields},"seq":${seq}}`;
}

/** Asks the client to discard what it was shown: the whole answer comes anew. */
export function restartFrame(idJson: string, seq: number): string {
  return `{"id":${idJson},"type":"restart","seq":${seq}}`;
}

export function doneFrame(idJson: string, seq: number, usage: FrameUsage, metadata: AnswerMetadata): string {
  return `{"id":${idJson},"type":"done","seq":${seq},${ending(usage, metadata)}}`;
}

/** The whole answer in one frame, for requests that don't stream. */
export function completionFrame(
  idJson: string,
  content: WholeContent,
  usage: FrameUsage,
  metadata: AnswerMetadata,
): string {
  const { text, toolCalls, logprobs } = content;
  const data = `${JSON.stringify(text)}${wholeReasoning(content)}${list('toolCalls', toolCalls)}${list('logprobs', logprobs)}`;
  return `{"id":${idJson},"type":"completion","data":${data},${ending(usage, metadata)}}`;
}

/**
 * Vectors as JSON text in `data`, which the given type asks for, and as numbers beside it. Those in base64 are asked for
 * over REST alone, which has no use for `data`: it is empty then.
 */
export function embeddingFrame(
  idJson: string,
  vectors: EmbeddingResult['vectors'],
  hasSingleInput: boolean,
  usage: FrameUsage,
  metadata: AnswerMetadata,
): string {
  const numbers = JSON.stringify(vectors);
  const isText = typeof vectors[0] === 'string';
  const data = isText ? '""' : JSON.stringify(hasSingleInput ? JSON.stringify(vectors[0]) : numbers);
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
  const { inputTokens, outputTokens } = usage;
  const parts =
    tokens('cachedTokens', usage.cachedInputTokens) +
    tokens('cacheWriteTokens', usage.cacheWriteTokens) +
    tokens('cacheWriteHourTokens', usage.cacheWriteHourTokens) +
    tokens('reasoningTokens', usage.reasoningTokens);
  return (
    `"usage":{"promptTokens":${inputTokens},"completionTokens":${outputTokens},"totalTokens":${inputTokens + outputTokens},` +
    `"credits":${CREDITS_PLACEHOLDER},"usageSource":"${usageSource}"${parts}},` +
    `"metadata":${JSON.stringify(metadata)},"balance":${BALANCE_PLACEHOLDER}`
  );
}

/** A part of the tokens that are counted above it. */
function tokens(name: string, count: number | undefined): string {
  return count ? `,"${name}":${count}` : '';
}

/** The thoughts as text, and, where their vendor wants them back, block by block. */
function wholeReasoning({ reasoning }: WholeContent): string {
  if (reasoning.length === 0) return '';
  const text = reasoning.map((block) => ('text' in block ? block.text : '')).join('');
  const isWanted = reasoning.some((block) => 'redacted' in block || block.signature !== undefined);
  return `,"reasoning":${JSON.stringify(text)}${isWanted ? list('reasoningBlocks', reasoning) : ''}`;
}

function list(name: string, values: readonly unknown[]): string {
  return values.length === 0 ? '' : `,"${name}":${JSON.stringify(values)}`;
}
