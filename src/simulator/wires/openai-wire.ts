import { eventEncoder } from './event-encoder.js';
import { areMessages, isObject, promptOf } from './message-text.js';
import { OPENAI } from './openai-vendor.js';
import { Rejection, type EndReason, type JsonObject, type ReplyHead, type TextWire } from './wire.js';

const FINISH_REASONS: Record<EndReason, string> = { stop: 'stop', length: 'length', filter: 'content_filter' };
const LIMITS = ['max_completion_tokens', 'max_tokens'] as const;
/** Models that think before they answer know the newer name of the limit only. */
const REASONING_MODEL = /^(o\d|gpt-5)/;

/** OpenAI's chat completions. */
export const OPENAI_WIRE: TextWire = {
  vendor: OPENAI,
  terminator: 'data: [DONE]\n\n',
  errorEvent: event(OPENAI.errorBody(OPENAI.refusal('500', ''), '')),
  malformedEvent: 'data: {"id":"chatcmpl-0","object":"chat.completion.chunk","choices":[{"ind\n\n',

  parse(body) {
    const { model, messages, stream_options: options } = body;
    if (typeof model !== 'string' || model === '') throw bad('you must provide a model parameter', 'model');
    if (!areMessages(messages)) throw bad("Invalid or missing 'messages': expected a list of messages.", 'messages');
    const wantsUsage = isObject(options) && options.include_usage === true;
    const isStreamed = body.stream === true;
    return { model, isStreamed, wantsUsage, maxTokens: maxTokensOf(body, model), ...promptOf(messages) };
  },

  opening: (head) => event(chunk(head, { role: 'assistant', content: '', refusal: null }, null)),

  deltaEncoder(head) {
    const [before = '', after = ''] = event(chunk(head, { content: '\0' }, null)).split('"\\u0000"');
    return eventEncoder(before, after);
  },

  closing(head, reason, completionTokens) {
    const last = event(chunk(head, {}, FINISH_REASONS[reason]));
    const usage = head.wantsUsage ? usageOf(head, completionTokens) : undefined;
    return usage ? last + event({ ...chunkHead(head), choices: [], usage }) : last;
  },

  whole(head, text, reason, completionTokens) {
    const { id, created, model } = chunkHead(head);
    const message = { role: 'assistant', content: text, refusal: null, annotations: [] };
    const choice = { index: 0, message, logprobs: null, finish_reason: FINISH_REASONS[reason] };
    const usage = usageOf(head, completionTokens);
    return { id, object: 'chat.completion', created, model, choices: [choice], ...(usage ? { usage } : {}) };
  },
};

function event(data: object): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}

function bad(message: string, param: string): Rejection {
  return new Rejection(OPENAI.badRequest(message, param));
}

function maxTokensOf(body: JsonObject, model: string): number | undefined {
  const [name, other] = LIMITS.filter((candidate) => body[candidate] != null);
  if (name === undefined) return undefined;
  if (other !== undefined) throw bad(`Setting '${other}' and '${name}' at the same time is not supported.`, other);
  if (name === 'max_tokens' && REASONING_MODEL.test(model)) {
    const error = bad(`Unsupported parameter: '${name}' is not supported with this model.`, name).error;
    throw new Rejection({ ...error, code: 'unsupported_parameter' });
  }
  const limit = body[name];
  if (Number.isInteger(limit) && Number(limit) >= 1) return Number(limit);
  throw bad(`Invalid '${name}': expected an integer of at least 1.`, name);
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

function chunk(head: ReplyHead, delta: object, finishReason: string | null) {
  const choice = { index: 0, delta, logprobs: null, finish_reason: finishReason };
  return { ...chunkHead(head), choices: [choice], ...(head.wantsUsage ? { usage: null } : {}) };
}

function usageOf(head: ReplyHead, sentTokens: number) {
  const usage = head.usageAfter(sentTokens);
  if (!usage) return undefined;
  return {
    prompt_tokens: usage.promptTokens,
    completion_tokens: usage.completionTokens,
    total_tokens: usage.promptTokens + usage.completionTokens,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: 0,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}
