import type { FinishReason, StreamPart } from '../contract/stream-part.js';
import type { EventOutcome, EventReader } from '../http/event-reader.js';
import { asObject, asText, parseJsonObject } from '../http/json.js';
import { anthropicEventError } from './anthropic-error.js';
import { anthropicFinishReason } from './anthropic-finish-reason.js';
import { AnthropicToolCalls } from './anthropic-tool-calls.js';
import { AnthropicUsage } from './anthropic-usage.js';

export interface ReaderOptions {
  /** The tool whose arguments are the answer: they are read as its text. */
  answerTool?: string;
  /** What the answer's beginning is to be rid of, should it begin with it: white space that was taken from a prefill. */
  trimmedEnd?: string;
}

/** Reads the events of a streamed message. Kinds of events that it doesn't know are none of its business. */
export class AnthropicEventReader implements EventReader {
  hasFinished = false;
  private readonly usage = new AnthropicUsage();
  private readonly toolCalls: AnthropicToolCalls;
  /** What of `trimmedEnd` the answer may still repeat. */
  private unrepeated: string;

  constructor(
    private readonly providerId: string,
    { answerTool, trimmedEnd = '' }: ReaderOptions = {},
  ) {
    this.toolCalls = new AnthropicToolCalls(answerTool);
    this.unrepeated = trimmedEnd;
  }

  read(data: string, parts: StreamPart[]): EventOutcome {
    const event = parseJsonObject(data);
    switch (event?.type) {
      case undefined:
        return 'malformed';
      case 'content_block_delta':
        this.readDelta(event.index, event.delta, parts);
        return 'more';
      case 'content_block_start':
        this.readBlock(event.index, event.content_block, parts);
        return 'more';
      case 'content_block_stop':
        this.toolCalls.end(event.index, parts);
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

  private readStopReason(value: unknown, parts: StreamPart[]): void {
    const delta = asObject(value);
    const reason = asText(delta?.stop_reason);
    if (!reason || this.hasFinished) return;
    this.hasFinished = true;
    const stopSequence = asText(delta?.stop_sequence);
    const finish = { type: 'finish' as const, reason: this.finishReason(reason) };
    parts.push(stopSequence === undefined ? finish : { ...finish, stopSequence });
  }

  /** Where the answer was asked for as a tool's arguments, the model did no more than answer. */
  private finishReason(reason: string): FinishReason {
    return reason === 'tool_use' && this.toolCalls.isAnswer ? 'stop' : anthropicFinishReason(reason);
  }

  private readDelta(index: unknown, value: unknown, parts: StreamPart[]): void {
    const delta = asObject(value);
    switch (delta?.type) {
      case 'text_delta':
        return this.pushText(delta.text, parts);
      case 'thinking_delta':
        return pushThought(delta.thinking, parts);
      case 'signature_delta':
        return pushSignature(delta.signature, parts);
      case 'input_json_delta':
        return this.toolCalls.goOn(index, delta.partial_json, parts);
      default:
        return undefined;
    }
  }

  /** A block usually starts empty; what it starts with counts. */
  private readBlock(index: unknown, value: unknown, parts: StreamPart[]): void {
    const block = asObject(value);
    switch (block?.type) {
      case 'text':
        return this.pushText(block.text, parts);
      case 'thinking':
        pushThought(block.thinking, parts);
        return pushSignature(block.signature, parts);
      case 'redacted_thinking':
        return void parts.push({ type: 'reasoning-delta', text: '', redacted: asText(block.data) ?? '' });
      case 'tool_use':
        return this.toolCalls.begin(index, block, parts);
      default:
        return undefined;
    }
  }

  private pushText(value: unknown, parts: StreamPart[]): void {
    const text = this.withoutRepeat(asText(value) ?? '');
    if (text !== '') parts.push({ type: 'text-delta', text });
  }

  private withoutRepeat(text: string): string {
    if (this.unrepeated === '' || text === '') return text;
    let repeated = 0;
    while (repeated < text.length && text[repeated] === this.unrepeated[repeated]) repeated++;
    this.unrepeated = repeated === text.length ? this.unrepeated.slice(repeated) : '';
    return text.slice(repeated);
  }
}

function pushThought(value: unknown, parts: StreamPart[]): void {
  const text = asText(value);
  if (text) parts.push({ type: 'reasoning-delta', text });
}

function pushSignature(value: unknown, parts: StreamPart[]): void {
  const signature = asText(value);
  if (signature) parts.push({ type: 'reasoning-delta', text: '', signature });
}
