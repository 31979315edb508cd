import type { CompletionRequest } from '../../completions/completion-request.js';
import type { AnswerOptions } from '../../providers/contract/text-request.js';
import type { ResponseFormat } from '../../providers/contract/tool.js';
import { BodyFields, fault } from '../http/body-fields.js';
import { chatRequest } from '../http/chat-request.js';
import { defined, withoutNulls, withoutNullsWithin } from '../http/fields.js';
import { withinStack } from '../http/within-stack.js';
import type { ChatBody, ChatResponseFormat } from './chat-body.js';
import { CHAT_FIELDS } from './chat-fields.js';
import { CHAT_PATHS } from './chat-paths.js';
import { toMessages } from './to-messages.js';

const FIELDS = new BodyFields(CHAT_FIELDS, ['model', 'messages']);

/** Fields in which null means absent too, and down to which level: not within schemas. */
const NULLABLE = [
  ['messages', 2],
  ['tools', 3],
  ['response_format', 2],
  ['stream_options', 1],
] as const;

export const CHAT_SCHEMA = FIELDS.schema;

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
  return withinStack(() => toChat(read(given), id));
}

function read(given: Record<string, unknown>): ChatBody {
  const fields = withoutNulls(given);
  for (const [name, depth] of NULLABLE) if (name in fields) fields[name] = withoutNullsWithin(fields[name], depth);
  FIELDS.assert(fields);
  const body = fields as unknown as ChatBody;
  assertSense(body);
  return body;
}

function toChat(body: ChatBody, id: string): ChatRequest {
  const maxTokens = body.max_completion_tokens ?? body.max_tokens;
  const parts = { messages: toMessages(body.messages), options: answerOptions(body), maxTokens };
  return {
    completion: chatRequest(id, body, parts, CHAT_PATHS),
    isUsageWanted: body.stream_options?.include_usage ?? false,
  };
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
  const { stop, tools, tool_choice: choice, response_format: format, reasoning_effort: effort } = body;
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
    reasoning: effort && { effort: effort === 'max' ? 'xhigh' : effort }, // nobody else has more
    topLogprobs: body.logprobs ? (body.top_logprobs ?? 0) : undefined,
  });
}

function toResponseFormat(format: ChatResponseFormat): ResponseFormat {
  if (format.type !== 'json_schema') return { type: format.type };
  const { schema, ...rest } = format.json_schema;
  return { type: 'json_schema', schema: schema!, ...rest };
}
