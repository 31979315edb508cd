import { unknownField, validationFailure } from '../../common/errors/field-faults.js';
import type { CompletionRequest } from '../../completions/completion-request.js';
import { requestFaults } from '../../completions/request-rules.js';
import type { AnswerOptions } from '../../providers/contract/text-request.js';
import type { ResponseFormat } from '../../providers/contract/tool.js';
import { BodySchema, type Schema } from '../http/body-schema.js';
import { defined, withoutNulls } from '../http/fields.js';
import { fingerprintOf } from '../http/fingerprint.js';
import type { ChatBody, ChatResponseFormat } from './chat-body.js';
import { CHAT_FIELDS } from './chat-fields.js';
import { CHAT_PATHS } from './chat-paths.js';
import { toMessages } from './to-messages.js';

const FIELD_NAMES = Object.keys(CHAT_FIELDS);
const HONOURED = Object.entries(CHAT_FIELDS).flatMap(([name, field]): [string, Schema][] =>
  field.is === 'honoured' ? [[name, field.schema]] : [],
);

/** Of the fields that are honoured; the others are looked at by name alone. */
export const CHAT_SCHEMA: Schema = {
  type: 'object',
  properties: Object.fromEntries(HONOURED),
  required: ['model', 'messages'],
};
const SCHEMA = new BodySchema(CHAT_SCHEMA, FIELD_NAMES);

/** A chat as it was asked for, and what the answer is to look like. */
export interface ChatRequest {
  completion: CompletionRequest;
  isUsageWanted: boolean;
}

/**
 * Reads the body of `POST /v1/chat/completions`.
 * @throws GatewayError VALIDATION_ERROR naming the field at fault
 */
export function readChatRequest(given: Record<string, unknown>, id: string): ChatRequest {
  const fields = withoutNulls(given);
  const messages = fields['messages'];
  if (Array.isArray(messages)) fields['messages'] = messages.map(withoutNulls);
  assertServed(fields);
  SCHEMA.assert(fields);
  const body = fields as unknown as ChatBody;
  assertSense(body);
  const request: Omit<CompletionRequest, 'fingerprint'> = {
    id,
    type: 'chat',
    provider: body.provider ?? 'auto',
    model: body.model,
    messages: toMessages(body.messages),
    inputs: [],
    hasSingleInput: false,
    isStreamed: body.stream ?? false,
    isBackground: false,
    ...defined({ maxTokens: body.max_completion_tokens ?? body.max_tokens }),
    options: answerOptions(body),
    mayFallBack: body.fallback ?? true,
    mayClampToBalance: true,
    mayUseCache: body.cache ?? false,
  };
  const faults = requestFaults(request, CHAT_PATHS);
  if (faults.length > 0) throw validationFailure(faults);
  return {
    completion: { ...request, fingerprint: fingerprintOf(request) },
    isUsageWanted: body.stream_options?.include_usage ?? false,
  };
}

/** Fields that nobody knows, and those that can't be honoured. */
function assertServed(fields: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(fields)) {
    if (!Object.hasOwn(CHAT_FIELDS, name)) throw fault(name.slice(0, 100), unknownField(name, FIELD_NAMES));
    const field = CHAT_FIELDS[name]!;
    if (field.is !== 'refused' || field.unless?.(value)) continue;
    throw fault(name, `${name} is not served here: ${field.why}`);
  }
}

/** Fields that don't go together. */
function assertSense(body: ChatBody): void {
  const { max_tokens: older, max_completion_tokens: newer } = body;
  if (older !== undefined && newer !== undefined && older !== newer)
    throw fault('max_tokens', 'max_tokens must be left out, as max_completion_tokens is given');
  if (body.stream_options && !body.stream) throw fault('stream_options', 'stream_options goes with stream: true only');
  if (body.top_logprobs !== undefined && !body.logprobs)
    throw fault('top_logprobs', 'top_logprobs goes with logprobs: true only');
  const format = body.response_format;
  if (format?.type === 'json_schema' && !format.json_schema.schema)
    throw fault('response_format.json_schema.schema', 'response_format.json_schema.schema must be given');
}

function answerOptions(body: ChatBody): AnswerOptions {
  const { stop, tools, tool_choice: choice, response_format: format } = body;
  return defined({
    temperature: body.temperature,
    topP: body.top_p,
    presencePenalty: body.presence_penalty,
    frequencyPenalty: body.frequency_penalty,
    seed: body.seed,
    stop: stop === undefined || stop.length === 0 ? undefined : [stop].flat(),
    tools: tools?.length ? tools.map(({ function: tool }) => withoutNulls(tool)) : undefined,
    toolChoice: typeof choice === 'object' ? { name: choice.function.name } : choice,
    parallelToolCalls: body.parallel_tool_calls,
    responseFormat: format && toResponseFormat(format),
    reasoning: body.reasoning_effort && { effort: body.reasoning_effort },
    topLogprobs: body.logprobs ? (body.top_logprobs ?? 0) : undefined,
  });
}

function toResponseFormat(format: ChatResponseFormat): ResponseFormat {
  if (format.type !== 'json_schema') return { type: format.type };
  const { schema, ...rest } = format.json_schema;
  return { type: 'json_schema', schema: schema!, ...rest };
}

function fault(field: string, message: string) {
  return validationFailure([{ field, message }]);
}
