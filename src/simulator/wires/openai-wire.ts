import type { AnswerBlock, EndReason } from '../answer.js';
import { eventEncoder } from './event-encoder.js';
import { isObject, questionOf } from './message-text.js';
import { openAiFacts } from './openai-facts.js';
import { logprobsOf } from './openai-logprobs.js';
import { openAiPrompt } from './openai-prompt.js';
import { bad } from './openai-rejection.js';
import { checkOpenAiRequest } from './openai-rules.js';
import { toolChoiceOf, toolsOf } from './openai-tool-rules.js';
import { openAiUsageOf } from './openai-usage-body.js';
import { OPENAI } from './openai-vendor.js';
import type { JsonObject, ReplyHead, TextWire } from './wire.js';

const FINISH_REASONS: Record<EndReason, string> = {
  stop: 'stop',
  length: 'length',
  filter: 'content_filter',
  tools: 'tool_calls',
};
const LIMITS = ['max_completion_tokens', 'max_tokens'] as const;

/** OpenAI's chat completions. */
export const OPENAI_WIRE: TextWire = {
  vendor: OPENAI,
  terminator: 'data: [DONE]\n\n',
  errorEvent: event(OPENAI.errorBody(OPENAI.refusal('500', ''), '')),
  malformedEvent: 'data: {"id":"chatcmpl-0","object":"chat.completion.chunk","choices":[{"ind\n\n',

  parse(body) {
    const { model, stream_options: options, logprobs, top_logprobs: topLogprobs } = body;
    if (typeof model !== 'string' || model === '') throw bad('you must provide a model parameter', 'model');
    checkOpenAiRequest(body, model);
    const messages = body.messages as JsonObject[];
    const schema = schemaOf(body.response_format);
    return {
      model,
      isStreamed: body.stream === true,
      wantsUsage: isObject(options) && options.include_usage === true,
      maxTokens: maxTokensOf(body, model),
      prompt: openAiPrompt(body, messages),
      question: questionOf(messages),
      tools: toolsOf(body),
      toolChoice: toolChoiceOf(body),
      hasToolResults: messages.at(-1)?.role === 'tool',
      ...(schema === undefined ? {} : { schema }),
      stop: [body.stop ?? []].flat() as string[],
      isToThink: body.reasoning_effort != null && body.reasoning_effort !== 'none',
      // OpenAI's own models think unseen; others show it, as those do that speak this wire elsewhere.
      showsThoughts: !openAiFacts(model).reasons,
      ...(logprobs === true ? { topLogprobs: Number(topLogprobs ?? 0) } : {}),
    };
  },

  opening: (head) => event(chunk(head, { role: 'assistant', content: '', refusal: null }, null)),

  blockStart(head, block) {
    if (block.kind !== 'tool_call') return '';
    const { index, id, name } = block;
    const call = { index, id: `call_${id}`, type: 'function', function: { name, arguments: '' } };
    return event(chunk(head, { tool_calls: [call] }, null));
  },

  deltaEncoder(head, block) {
    const { topLogprobs } = head;
    if (block.kind === 'text' && topLogprobs !== undefined) {
      return (text) =>
        event(chunk(head, { content: text }, null, { content: logprobsOf(text, topLogprobs), refusal: null }));
    }
    const [before = '', after = ''] = event(chunk(head, deltaOf(block), null)).split('"\\u0000"');
    return eventEncoder(before, after);
  },

  blockEnd: () => '',

  closing(head, end, sent) {
    const last = event(chunk(head, {}, finishReason(head, end.reason)));
    const usage = head.wantsUsage ? openAiUsageOf(head, sent) : undefined;
    return usage ? last + event({ ...chunkHead(head), choices: [], usage }) : last;
  },

  whole(head, answer) {
    const { id, created, model } = chunkHead(head);
    const text = answer.text();
    const calls = answer.of('tool_call').map((call) => ({
      id: `call_${call.id}`,
      type: 'function',
      function: { name: call.name, arguments: call.run.text() },
    }));
    const thoughts = answer.of('reasoning').map(({ run }) => run.text());
    const message = {
      role: 'assistant',
      content: text === '' && calls.length > 0 ? null : text,
      refusal: null,
      annotations: [],
      ...(thoughts.length > 0 ? { reasoning_content: thoughts.join('') } : {}),
      ...(calls.length > 0 ? { tool_calls: calls } : {}),
    };
    const logprobs =
      head.topLogprobs === undefined ? null : { content: logprobsOf(text, head.topLogprobs), refusal: null };
    const choice = { index: 0, message, logprobs, finish_reason: finishReason(head, answer.end.reason) };
    const { tokenCount: completionTokens, reasoningTokens } = answer;
    const usage = openAiUsageOf(head, { completionTokens, reasoningTokens });
    return { id, object: 'chat.completion', created, model, choices: [choice], ...(usage ? { usage } : {}) };
  },
};

function event(data: object): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}

function maxTokensOf(body: JsonObject, model: string): number | undefined {
  const [name, other] = LIMITS.filter((candidate) => body[candidate] != null);
  if (name === undefined) return undefined;
  if (other !== undefined) throw bad(`Setting '${other}' and '${name}' at the same time is not supported.`, other);
  if (name === 'max_tokens' && openAiFacts(model).wantsNewLimit) {
    const message = `Unsupported parameter: '${name}' is not supported with this model. Use 'max_completion_tokens' instead.`;
    throw bad(message, name, 'unsupported_parameter');
  }
  const limit = body[name];
  if (Number.isInteger(limit) && Number(limit) >= 1) return Number(limit);
  throw bad(`Invalid '${name}': expected an integer of at least 1.`, name);
}

function schemaOf(format: unknown): JsonObject | undefined {
  if (!isObject(format) || format.type === 'text') return undefined;
  const asked = isObject(format.json_schema) ? format.json_schema : {};
  return isObject(asked.schema) ? asked.schema : {};
}

function deltaOf(block: AnswerBlock): object {
  switch (block.kind) {
    case 'text':
      return { content: '\0' };
    case 'reasoning':
      return { reasoning_content: '\0' };
    case 'tool_call':
      return { tool_calls: [{ index: block.index, function: { arguments: '\0' } }] };
    default:
      return block satisfies never;
  }
}

function finishReason({ forcedTool }: ReplyHead, reason: EndReason): string {
  // A call that was forced by name ends with 'stop', as if it were the answer.
  return reason === 'tools' && forcedTool !== undefined ? 'stop' : FINISH_REASONS[reason];
}

function chunkHead({ id, model, createdSeconds }: ReplyHead) {
  return {
    id: `chatcmpl-${id}`,
    object: 'chat.completion.chunk',
    created: createdSeconds,
    model,
    service_tier: 'default',
    system_fingerprint: 'fp_simulated',
  };
}

function chunk(head: ReplyHead, delta: object, finishReason: string | null, logprobs: object | null = null) {
  const choice = { index: 0, delta, logprobs, finish_reason: finishReason };
  return { ...chunkHead(head), choices: [choice], ...(head.wantsUsage ? { usage: null } : {}) };
}
