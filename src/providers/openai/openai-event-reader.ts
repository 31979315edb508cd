import type { StreamPart } from '../contract/stream-part.js';
import type { EventOutcome, EventReader } from '../http/event-reader.js';
import { asObject, asText, parseJsonObject, type JsonObject } from '../http/json.js';
import { openAiEventError } from './openai-error.js';
import { openAiFinishReason } from './openai-finish-reason.js';
import { openAiUsage } from './openai-usage.js';

/** Reads the chunks of a streamed chat completion, from OpenAI or whoever speaks its wire. */
export class OpenAiEventReader implements EventReader {
  hasFinished = false;

  constructor(private readonly providerId: string) {}

  read(data: string, parts: StreamPart[]): EventOutcome {
    if (data.startsWith('[DONE]')) return 'end';
    const chunk = parseJsonObject(data);
    if (!chunk) return 'malformed';
    if (chunk.error != null || chunk.object === 'error') throw openAiEventError(this.providerId, chunk);
    const hadFinished = this.hasFinished;
    const choice = Array.isArray(chunk.choices) ? asObject(chunk.choices[0]) : undefined;
    if (choice && isFirst(choice)) this.readChoice(choice, parts);
    const usage = openAiUsage(chunk.usage);
    if (usage) parts.push({ type: 'usage', usage });
    // The usage chunk after the finish reason is the last one; a server that forgets [DONE] is not waited for.
    return usage && hadFinished && !choice ? 'end' : 'more';
  }

  private readChoice(choice: JsonObject, parts: StreamPart[]): void {
    const delta = asObject(choice.delta);
    if (delta) {
      const reasoning = asText(delta.reasoning_content) ?? asText(delta.reasoning);
      if (reasoning) parts.push({ type: 'reasoning-delta', text: reasoning });
      const text = asText(delta.content) ?? asText(delta.refusal);
      if (text) parts.push({ type: 'text-delta', text });
    }
    const reason = asText(choice.finish_reason);
    if (!reason || this.hasFinished) return;
    this.hasFinished = true;
    parts.push({ type: 'finish', reason: openAiFinishReason(reason) });
  }
}

/** We ask for one answer; another one beside it is none of ours. Servers that have only one may leave the index out. */
function isFirst({ index }: JsonObject): boolean {
  return index == null || index === 0;
}
