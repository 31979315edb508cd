import type { TokenUsage } from '../contract/token-usage.js';
import { asCount, asObject, type JsonObject } from '../http/json.js';

/**
 * Adds up Anthropic's usage over a stream: `message_start` counts the prompt, `message_delta` the answer so far
 * (cumulative) and, in newer versions, the prompt again. A count that is left out keeps its last value.
 */
export class AnthropicUsage {
  private input: number | undefined;
  private cacheRead: number | undefined;
  private cacheWrite: number | undefined;
  private cacheWriteHour: number | undefined;
  private reasoning: number | undefined;

  /** Takes in what `message_start` says: the prompt. What it says of the answer is no count of it yet. */
  begin(value: unknown): void {
    const usage = asObject(value);
    if (usage) this.takeIn(usage);
  }

  /** Takes in what `message_delta` says; undefined unless it counts the answer, and the prompt has been counted. */
  update(value: unknown): TokenUsage | undefined {
    const usage = asObject(value);
    if (usage) this.takeIn(usage);
    const output = asCount(usage?.output_tokens);
    if (output === undefined || this.input === undefined) return undefined;
    const { cacheRead, cacheWrite, cacheWriteHour, reasoning } = this;
    return {
      inputTokens: this.input + (cacheRead ?? 0) + (cacheWrite ?? 0),
      outputTokens: output,
      ...(cacheRead === undefined ? {} : { cachedInputTokens: cacheRead }),
      ...(cacheWrite === undefined ? {} : { cacheWriteTokens: cacheWrite }),
      ...(cacheWriteHour === undefined ? {} : { cacheWriteHourTokens: cacheWriteHour }),
      ...(reasoning === undefined ? {} : { reasoningTokens: reasoning }),
    };
  }

  private takeIn(usage: JsonObject): void {
    this.input = asCount(usage.input_tokens) ?? this.input;
    this.cacheRead = asCount(usage.cache_read_input_tokens) ?? this.cacheRead;
    this.cacheWrite = asCount(usage.cache_creation_input_tokens) ?? this.cacheWrite;
    this.cacheWriteHour = asCount(asObject(usage.cache_creation)?.ephemeral_1h_input_tokens) ?? this.cacheWriteHour;
    this.reasoning = asCount(asObject(usage.output_tokens_details)?.thinking_tokens) ?? this.reasoning;
  }
}
