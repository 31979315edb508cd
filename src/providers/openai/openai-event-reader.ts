import type { StreamPart, TokenLogprob } from '../contract/stream-part.js';
import type { EventOutcome, EventReader } from '../http/event-reader.js';
import { asObject, asText, parseJsonObject, type JsonObject } from '../http/json.js';
import { openAiEventError } from './openai-error.js';
import { isFailure, openAiFinishReason } from './openai-finish-reason.js';
import { contentOf, reasoningOf } from './openai-delta.js';
import { OpenAiToolCalls } from './openai-tool-calls.js';
import { openAiUsage } from './openai-usage.js';

/** Reads the chunks of a streamed chat completion, from OpenAI or whoever speaks its wire. */
export class OpenAiEventReader implements EventReader {
  hasFinished = false;
  private readonly toolCalls = new OpenAiToolCalls();

  constructor(private readonly providerId: string) {}

  read(data: string, parts: StreamPart[]): EventOutcome {
    if (data.startsWith('[DONE]')) return 'end';
    const chunk = parseJsonObject(data);
    if (!chunk) return 'malformed';
    if (chunk.error != null || chunk.object === 'error') throw openAiEventError(this.providerId, chunk);
    const hadFinished = this.hasFinished;
    const choice = Array.isArray(chunk.choices) ? asObject(chunk.choices[0]) : undefined;
    if (choice && isFirst(choice)) this.readChoice(choice, parts);
    const usage = openAiUsage(chunk.usage ?? asObject(chunk.x_groq)?.usage ?? choice?.usage);
    if (usage) parts.push({ type: 'usage', usage });
    // The usage chunk after the finish reason is the last one; a server that forgets [DONE] is not waited for.
    return usage && hadFinished && !choice ? 'end' : 'more';
  }

  private readChoice(choice: JsonObject, parts: StreamPart[]): void {
    const delta = asObject(choice.delta);
    if (delta) this.readDelta(delta, choice.logprobs, parts);
    const reason = asText(choice.finish_reason);
    if (!reason || this.hasFinished) return;
    if (isFailure(reason)) throw openAiEventError(this.providerId, choice);
    this.hasFinished = true;
    parts.push({ type: 'finish', reason: openAiFinishReason(reason, this.toolCalls.count > 0) });
  }

  private readDelta(delta: JsonObject, logprobs: unknown, parts: StreamPart[]): void {
    const reasoning = reasoningOf(delta);
    if (reasoning) parts.push({ type: 'reasoning-delta', text: reasoning });
    const text = contentOf(delta);
    if (text) parts.push(textDelta(text, logprobs));
    this.toolCalls.read(delta.tool_calls, parts);
    if (delta.function_call != null) this.toolCalls.readLegacy(delta.function_call, parts);
  }
}

function textDelta(text: string, value: unknown): StreamPart {
  const logprobs = value == null ? undefined : (asObject(value)?.content ?? asObject(value)?.refusal);
  if (!Array.isArray(logprobs) || logprobs.length === 0) return { type: 'text-delta', text };
  return { type: 'text-delta', text, logprobs: logprobs as TokenLogprob[] };
}

/** We ask for one answer; another one beside it is none of ours. Servers that have only one may leave the index out. */
function isFirst({ index }: JsonObject): boolean {
  return index == null || index === 0;
}
