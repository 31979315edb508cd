import { ANTHROPIC } from './anthropic-vendor.js';
import { eventEncoder } from './event-encoder.js';
import { areMessages, promptOf, textOf } from './message-text.js';
import { Rejection, type EndReason, type JsonObject, type ReplyHead, type TextWire } from './wire.js';

const STOP_REASONS: Record<EndReason, string> = { stop: 'end_turn', length: 'max_tokens', filter: 'refusal' };
const REFUSAL_DETAILS = { type: 'refusal', category: null, explanation: 'The simulator was told to refuse.' };
/** The first event already reports a token of the answer, as the real one does. */
const FIRST_EVENT_TOKENS = 1;

/** Anthropic's messages. */
export const ANTHROPIC_WIRE: TextWire = {
  vendor: ANTHROPIC,
  terminator: event({ type: 'message_stop' }),
  errorEvent: event({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }),
  malformedEvent: 'event: content_block_delta\ndata: {"type":"content_block_delta","ind\n\n',

  parse(body, headers) {
    const { model, messages, max_tokens: maxTokens, system } = body;
    if (headers['anthropic-version'] === undefined) throw bad('anthropic-version: header is required');
    if (typeof model !== 'string' || model === '') throw bad('model: Field required');
    if (!Number.isInteger(maxTokens)) throw bad('max_tokens: Field required');
    if (Number(maxTokens) < 1) throw bad('max_tokens: must be greater than or equal to 1');
    if (!areMessages(messages)) throw bad('messages: at least one message is required');
    const { prompt, question } = promptOf(messages);
    const isStreamed = body.stream === true;
    const all = system === undefined ? prompt : `${textOf(system)}\n${prompt}`;
    return { model, isStreamed, wantsUsage: true, maxTokens: Number(maxTokens), prompt: all, question };
  },

  opening(head) {
    const usage = usageOf(head, FIRST_EVENT_TOKENS);
    return (
      event({ type: 'message_start', message: message(head, [], null, usage) }) +
      event({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }) +
      event({ type: 'ping' })
    );
  },

  deltaEncoder() {
    const delta = { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: '\0' } };
    const [before = '', after = ''] = event(delta).split('"\\u0000"');
    return eventEncoder(before, after);
  },

  closing(head, reason, completionTokens) {
    const usage = usageOf(head, completionTokens);
    const delta = {
      stop_reason: STOP_REASONS[reason],
      stop_sequence: null,
      stop_details: reason === 'filter' ? REFUSAL_DETAILS : null,
    };
    return (
      event({ type: 'content_block_stop', index: 0 }) +
      event({ type: 'message_delta', delta, ...(usage ? { usage } : {}) })
    );
  },

  whole: (head, text, reason, completionTokens) =>
    message(head, [{ type: 'text', text }], reason, usageOf(head, completionTokens)),
};

function event(data: JsonObject & { type: string }): string {
  return `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
}

function bad(text: string): Rejection {
  return new Rejection(ANTHROPIC.badRequest(text));
}

function message(head: ReplyHead, content: object[], reason: EndReason | null, usage: object | undefined) {
  return {
    id: `msg_${head.id}`,
    type: 'message',
    role: 'assistant',
    model: head.model,
    content,
    stop_reason: reason && STOP_REASONS[reason],
    stop_sequence: null,
    stop_details: reason === 'filter' ? REFUSAL_DETAILS : null,
    ...(usage ? { usage } : {}),
  };
}

function usageOf(head: ReplyHead, sentTokens: number) {
  const usage = head.usageAfter(sentTokens);
  if (!usage) return undefined;
  return {
    input_tokens: usage.promptTokens,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    output_tokens: usage.completionTokens,
    service_tier: 'standard',
  };
}
