import type { Message } from '../../providers/contract/text-request.js';
import { ceilDivide, ratesFor, type ModelPrice } from './model-price.js';

/** Bytes that a vendor's chat template adds to a message, rounded up generously (role, separators). */
const BYTES_PER_MESSAGE = 16;
/** What the template adds once. */
const BYTES_PER_REQUEST = 16;
const SCALE = 10n ** 15n;

/** What a hold of a request without `maxTokens` covers at first, in output tokens; it grows before 80 % are used. */
export const INITIAL_OUTPUT_TOKENS = 4_096;

/** No tokenizer makes more tokens than bytes: an upper bound of a conversation's prompt tokens, without counting them. */
export function promptTokensBound(messages: readonly Message[]): number {
  let bytes = BYTES_PER_REQUEST;
  for (const { content, name } of messages) {
    bytes += BYTES_PER_MESSAGE + (name === undefined ? 0 : Buffer.byteLength(name));
    if (typeof content === 'string') bytes += Buffer.byteLength(content);
    else for (const part of content) bytes += part.type === 'text' ? Buffer.byteLength(part.text) : 0;
  }
  return bytes;
}

/** The same for the inputs of an embedding. */
export function inputTokensBound(inputs: readonly (string | number[])[]): number {
  const sizeOf = (input: string | number[]) => (typeof input === 'string' ? Buffer.byteLength(input) : input.length);
  return inputs.reduce((bytes, input) => bytes + BYTES_PER_MESSAGE + sizeOf(input), 0);
}

/** What a hold must cover, at the dearest of the models that may answer. */
export class HoldSize {
  /** Micro-credits × 10^15 of the whole prompt. */
  private readonly promptScaled: bigint;
  /** Micro-credits × 10^15 of one output token. */
  private readonly tokenScaled: bigint;

  /**
   * @param prices of every model that may answer; at least one
   * @param promptTokens upper bound of the prompt
   */
  constructor(prices: readonly ModelPrice[], promptTokens: number, microCreditsPerUsd: bigint) {
    const rates = prices.map((price) => ratesFor(price, promptTokens));
    const dearestInput = maximum(
      rates.flatMap(({ input, cacheWrite, cacheWriteHour }) => [input, cacheWrite, cacheWriteHour]),
    );
    this.promptScaled = BigInt(promptTokens) * dearestInput * microCreditsPerUsd;
    this.tokenScaled = maximum(rates.map(({ output }) => output)) * microCreditsPerUsd;
  }

  /** Micro-credits that cover the prompt and this many output tokens. */
  amountFor(outputTokens: number): bigint {
    return ceilDivide(this.promptScaled + BigInt(outputTokens) * this.tokenScaled, SCALE);
  }

  /** How many output tokens an amount covers beside the prompt; 0 where it doesn't cover even one, Infinity where output is free. */
  outputTokensWithin(amount: bigint): number {
    const left = amount * SCALE - this.promptScaled;
    if (left < 0n) return 0;
    return this.tokenScaled === 0n ? Infinity : Number(left / this.tokenScaled);
  }
}

function maximum(values: readonly bigint[]): bigint {
  return values.reduce((most, value) => (value > most ? value : most), 0n);
}
