import type { GatewayError } from '../../common/errors/gateway-error.js';
import type { ReasoningBlock } from '../../providers/contract/text-request.js';
import type { ChunkFrame, CompletionFrame, EndFrame } from '../answers/frames.js';
import { gatewayFacts } from '../openai/chat-end.js';
import { plainText } from '../answers/plain-text.js';
import type { AnswerWire } from '../wire.js';
import { anthropicError } from './anthropic-errors.js';
import { MessageBlocks } from './message-blocks.js';
import { messageUsage, stopOf } from './message-end.js';
import { event } from './message-event.js';
import { toolUseBlock } from './tool-use-block.js';

const NOT_STOPPED = { stop_reason: null, stop_sequence: null, stop_details: null };
/**
 * What was used is known at the end: `message_delta` says it, prompt included. Clients take the last word or add both up,
 * so that an estimate here would be wrong for some of them.
 */
const NOTHING_USED = {
  input_tokens: 0,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
  output_tokens: 0,
};

/** One answer as the events of a streamed message, or as one `message`. */
export class MessageWire implements AnswerWire {
  readonly heartbeat = event({ type: 'ping' });
  /** Where the text begins in the frame of a chunk. */
  private readonly textStart: number;
  private readonly blocks = new MessageBlocks();
  private hasBegun = false;

  constructor(
    private readonly id: string,
    private readonly requestedModel: string,
  ) {
    this.textStart = `{"id":${JSON.stringify(id)},"type":"chunk","data":`.length;
  }

  events(frames: readonly string[]): string {
    let events = '';
    for (const frame of frames) {
      const json = this.hasBegun ? plainText(frame, this.textStart) : undefined;
      events += json === undefined ? this.event(frame) : this.blocks.add({ type: 'text', json });
    }
    return events;
  }

  errorEvent(error: GatewayError): string {
    return event({ type: 'error', error: anthropicError(error) });
  }

  wholeAnswer(text: string): string {
    const frame = JSON.parse(text) as CompletionFrame;
    const message = this.message(frame.metadata.model, contentOf(frame));
    return JSON.stringify({ ...message, ...stopOf(frame), usage: messageUsage(frame), gateway: gatewayFacts(frame) });
  }

  private event(text: string): string {
    const frame = JSON.parse(text) as { type: string } & ChunkFrame & EndFrame;
    return frame.type === 'done' ? this.ending(frame) : this.begin(frame.model) + this.content(frame);
  }

  private begin(model = this.requestedModel): string {
    if (this.hasBegun) return '';
    this.hasBegun = true;
    const message = { ...this.message(model, []), ...NOT_STOPPED, usage: NOTHING_USED };
    return event({ type: 'message_start', message }) + this.heartbeat;
  }

  private content({ data, reasoning, reasoningSignature, redactedReasoning, toolCalls }: ChunkFrame): string {
    const { blocks } = this;
    let events = '';
    if (redactedReasoning !== undefined) events += blocks.add({ type: 'redacted', data: redactedReasoning });
    if (reasoning) events += blocks.add({ type: 'thinking', text: reasoning });
    if (reasoningSignature !== undefined) events += blocks.add({ type: 'signature', signature: reasoningSignature });
    if (data !== '') events += blocks.add({ type: 'text', json: JSON.stringify(data) });
    for (const delta of toolCalls ?? []) events += blocks.add({ type: 'call', delta });
    return events;
  }

  private ending(frame: EndFrame): string {
    const delta = {
      type: 'message_delta',
      delta: stopOf(frame),
      usage: messageUsage(frame),
      gateway: gatewayFacts(frame),
    };
    return this.begin(frame.metadata.model) + this.blocks.end() + event(delta) + event({ type: 'message_stop' });
  }

  private message(model: string, content: readonly object[]): object {
    return { id: this.id, type: 'message', role: 'assistant', model, content };
  }
}

function contentOf({ data, reasoning, reasoningBlocks, toolCalls = [] }: CompletionFrame): object[] {
  const thoughts = reasoningBlocks ?? (reasoning === undefined ? [] : [{ text: reasoning }]);
  return [
    ...thoughts.map(thoughtBlock),
    ...(data === '' ? [] : [{ type: 'text', text: data }]),
    ...toolCalls.map(toolUseBlock),
  ];
}

function thoughtBlock(block: ReasoningBlock): object {
  if ('redacted' in block) return { type: 'redacted_thinking', data: block.redacted };
  return { type: 'thinking', thinking: block.text, signature: block.signature ?? '' };
}
