import type { StreamPart } from '../contract/stream-part.js';
import type { EventOutcome, EventReader } from '../http/event-reader.js';
import { asObject, asText, parseJsonObject } from '../http/json.js';
import { anthropicEventError } from './anthropic-error.js';
import { anthropicFinishReason } from './anthropic-finish-reason.js';
import { AnthropicUsage } from './anthropic-usage.js';

/** Reads the events of a streamed message. Kinds of events that it doesn't know are none of its business. */
export class AnthropicEventReader implements EventReader {
  hasFinished = false;
  private readonly usage = new AnthropicUsage();

  constructor(private readonly providerId: string) {}

  read(data: string, parts: StreamPart[]): EventOutcome {
    const event = parseJsonObject(data);
    switch (event?.type) {
      case undefined:
        return 'malformed';
      case 'content_block_delta':
        readDelta(event.delta, parts);
        return 'more';
      case 'content_block_start':
        readBlock(event.content_block, parts);
        return 'more';
      case 'message_start':
        this.usage.begin(asObject(event.message)?.usage);
        return 'more';
      case 'message_delta':
        this.readUsage(event.usage, parts);
        this.readStopReason(event.delta, parts);
        return 'more';
      case 'message_stop':
        return 'end';
      case 'error':
        throw anthropicEventError(this.providerId, event);
      default:
        return 'more';
    }
  }

  private readUsage(value: unknown, parts: StreamPart[]): void {
    const usage = this.usage.update(value);
    if (usage) parts.push({ type: 'usage', usage });
  }

  private readStopReason(delta: unknown, parts: StreamPart[]): void {
    const reason = asText(asObject(delta)?.stop_reason);
    if (!reason || this.hasFinished) return;
    this.hasFinished = true;
    parts.push({ type: 'finish', reason: anthropicFinishReason(reason) });
  }
}

function readDelta(value: unknown, parts: StreamPart[]): void {
  const delta = asObject(value);
  if (delta?.type === 'text_delta') pushText('text-delta', delta.text, parts);
  else if (delta?.type === 'thinking_delta') pushText('reasoning-delta', delta.thinking, parts);
}

/** A block usually starts empty; what it starts with counts. */
function readBlock(value: unknown, parts: StreamPart[]): void {
  const block = asObject(value);
  if (block?.type === 'text') pushText('text-delta', block.text, parts);
  else if (block?.type === 'thinking') pushText('reasoning-delta', block.thinking, parts);
}

function pushText(type: 'text-delta' | 'reasoning-delta', value: unknown, parts: StreamPart[]): void {
  const text = asText(value);
  if (text) parts.push({ type, text });
}
