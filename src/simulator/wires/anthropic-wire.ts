import type { AnswerBlock, AnswerEnd, EndReason } from '../answer.js';
import { anthropicPrompt } from './anthropic-prompt.js';
import { bad } from './anthropic-rejection.js';
import { checkAnthropicRequest } from './anthropic-rules.js';
import { signatureOf } from './anthropic-signature.js';
import { toolChoiceOf, toolsOf } from './anthropic-tool-rules.js';
import { ANTHROPIC } from './anthropic-vendor.js';
import { eventEncoder } from './event-encoder.js';
import { isObject, partsOf, questionOf } from './message-text.js';
import type { JsonObject, ReplyHead, SentTokens, TextWire } from './wire.js';

const STOP_REASONS: Record<EndReason, string> = {
  stop: 'end_turn',
  length: 'max_tokens',
  filter: 'refusal',
  tools: 'tool_use',
};
const REFUSAL_DETAILS = { type: 'refusal', category: null, explanation: 'The simulator was told to refuse.' };
/** The first event already reports a token of the answer, as the real one does. */
const FIRST_EVENT_TOKENS: SentTokens = { completionTokens: 1, reasoningTokens: 0 };

/** Anthropic's messages. */
export const ANTHROPIC_WIRE: TextWire = {
  vendor: ANTHROPIC,
  terminator: event({ type: 'message_stop' }),
  errorEvent: event({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }),
  malformedEvent: 'event: content_block_delta\ndata: {"type":"content_block_delta","ind\n\n',

  parse(body, headers) {
    const { model, max_tokens: maxTokens, thinking, output_config: output } = body;
    if (headers['anthropic-version'] === undefined) throw bad('anthropic-version: header is required');
    if (typeof model !== 'string' || model === '') throw bad('model: Field required');
    if (!Number.isInteger(maxTokens)) throw bad('max_tokens: Field required');
    if (Number(maxTokens) < 1) throw bad('max_tokens: must be greater than or equal to 1');
    checkAnthropicRequest(body, model);
    const messages = body.messages as JsonObject[];
    const format = isObject(output) ? output.format : undefined;
    return {
      model,
      isStreamed: body.stream === true,
      wantsUsage: true,
      maxTokens: Number(maxTokens),
      prompt: anthropicPrompt(body),
      question: questionOf(messages),
      tools: toolsOf(body),
      toolChoice: toolChoiceOf(body),
      hasToolResults: partsOf(messages.at(-1)?.content).some(({ type }) => type === 'tool_result'),
      ...(isObject(format) ? { schema: format.schema as JsonObject } : {}),
      stop: (body.stop_sequences ?? []) as string[],
      isToThink: isObject(thinking) && (thinking.type === 'enabled' || thinking.type === 'adaptive'),
      showsThoughts: true,
    };
  },

  opening: (head) => {
    const usage = usageOf(head, FIRST_EVENT_TOKENS);
    return event({ type: 'message_start', message: message(head, [], null, usage) });
  },

  blockStart: (_head, block, index) =>
    event({ type: 'content_block_start', index, content_block: emptyBlock(block) }) +
    (index === 0 ? event({ type: 'ping' }) : ''),

  deltaEncoder(_head, block, index) {
    const delta = { type: 'content_block_delta', index, delta: deltaOf(block) };
    const [before = '', after = ''] = event(delta).split('"\\u0000"');
    return eventEncoder(before, after);
  },

  blockEnd(_head, block, index) {
    const isThought = block.kind === 'reasoning';
    const signature = isThought ? signatureOf(block.run.text()) : '';
    const signed = { type: 'content_block_delta', index, delta: { type: 'signature_delta', signature } };
    return (isThought ? event(signed) : '') + event({ type: 'content_block_stop', index });
  },

  closing(head, end, sent) {
    const usage = usageOf(head, sent);
    return event({ type: 'message_delta', delta: stopOf(end), ...(usage ? { usage } : {}) });
  },

  whole(head, answer) {
    const { tokenCount: completionTokens, reasoningTokens, end } = answer;
    return message(head, answer.blocks.map(wholeBlock), end, usageOf(head, { completionTokens, reasoningTokens }));
  },
};

function event(data: JsonObject & { type: string }): string {
  return `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
}

function emptyBlock(block: AnswerBlock): object {
  switch (block.kind) {
    case 'text':
      return { type: 'text', text: '' };
    case 'reasoning':
      return { type: 'thinking', thinking: '', signature: '' };
    case 'tool_call':
      return { type: 'tool_use', id: `toolu_${block.id}`, name: block.name, input: {} };
    default:
      return block satisfies never;
  }
}

function wholeBlock(block: AnswerBlock): object {
  const text = block.run.text();
  switch (block.kind) {
    case 'text':
      return { type: 'text', text };
    case 'reasoning':
      return { type: 'thinking', thinking: text, signature: signatureOf(text) };
    case 'tool_call':
      return { ...emptyBlock(block), input: inputOf(text) };
    default:
      return block satisfies never;
  }
}

/** Arguments that are cut or scripted to be malformed are no object, which is all that a whole message can hold. */
function inputOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

function deltaOf({ kind }: AnswerBlock): object {
  switch (kind) {
    case 'text':
      return { type: 'text_delta', text: '\0' };
    case 'reasoning':
      return { type: 'thinking_delta', thinking: '\0' };
    case 'tool_call':
      return { type: 'input_json_delta', partial_json: '\0' };
    default:
      return kind satisfies never;
  }
}

function stopOf(end: AnswerEnd | null) {
  const { reason, stopSequence } = end ?? {};
  return {
    stop_reason: reason === undefined ? null : stopSequence === undefined ? STOP_REASONS[reason] : 'stop_sequence',
    stop_sequence: stopSequence ?? null,
    stop_details: reason === 'filter' ? REFUSAL_DETAILS : null,
  };
}

function message(head: ReplyHead, content: object[], end: AnswerEnd | null, usage: object | undefined) {
  return {
    id: `msg_${head.id}`,
    type: 'message',
    role: 'assistant',
    model: head.model,
    content,
    ...stopOf(end),
    ...(usage ? { usage } : {}),
  };
}

function usageOf(head: ReplyHead, { completionTokens, reasoningTokens }: SentTokens) {
  const usage = head.usageAfter(completionTokens, reasoningTokens);
  if (!usage) return undefined;
  const { promptTokens, cachedTokens, cacheWriteTokens, cacheWriteHourTokens } = usage;
  return {
    input_tokens: promptTokens - cachedTokens - cacheWriteTokens,
    cache_creation_input_tokens: cacheWriteTokens,
    cache_read_input_tokens: cachedTokens,
    cache_creation: {
      ephemeral_5m_input_tokens: cacheWriteTokens - cacheWriteHourTokens,
      ephemeral_1h_input_tokens: cacheWriteHourTokens,
    },
    output_tokens: usage.completionTokens,
    ...(usage.reasoningTokens > 0 ? { output_tokens_details: { thinking_tokens: usage.reasoningTokens } } : {}),
    service_tier: 'standard',
  };
}
