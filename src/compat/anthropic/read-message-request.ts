import { GatewayError } from '../../common/errors/gateway-error.js';
import type { CompletionRequest } from '../../completions/completion-request.js';
import { BodyFields, fault } from '../http/body-fields.js';
import { chatRequest } from '../http/chat-request.js';
import { withinStack } from '../http/within-stack.js';
import { markedAtEnd } from './mark-end.js';
import type { MessageBody } from './message-body.js';
import { MESSAGE_FIELDS } from './message-fields.js';
import { messageOptions } from './message-options.js';
import { messagePaths } from './message-paths.js';
import { readConversation, toBreakpoint } from './read-conversation.js';
import { withoutNullFields } from './without-nulls.js';

const FIELDS = new BodyFields(MESSAGE_FIELDS, ['model', 'messages', 'max_tokens']);
/** To count a prompt, no limit of the answer is needed. */
const COUNTED_FIELDS = new BodyFields(MESSAGE_FIELDS, ['model', 'messages']);

export const MESSAGE_SCHEMA = FIELDS.schema;
export const COUNT_SCHEMA = COUNTED_FIELDS.schema;

/**
 * Reads the body of `POST /v1/messages`.
 * @throws GatewayError VALIDATION_ERROR naming the field at fault
 */
export function readMessageRequest(given: Record<string, unknown>, id: string): CompletionRequest {
  return withinStack(() => toCompletion(read(given, FIELDS), id));
}

/**
 * Reads the body of `POST /v1/messages/count_tokens`: what would be sent, to count its prompt.
 * @throws GatewayError VALIDATION_ERROR naming the field at fault
 */
export function readCountRequest(given: Record<string, unknown>): CompletionRequest {
  return withinStack(() => toCompletion(read(given, COUNTED_FIELDS), ''));
}

function read(given: Record<string, unknown>, fields: BodyFields): MessageBody {
  const body = withoutNullFields(given);
  assertIsWhole(body);
  assertToolsAreTheClients(body['tools']);
  fields.assert(body);
  return body as unknown as MessageBody;
}

function toCompletion(body: MessageBody, id: string): CompletionRequest {
  const { messages, origins, faults } = readConversation(body);
  const marked = body.cache_control ? markedAtEnd(messages, toBreakpoint(body.cache_control)) : messages;
  const parts = { messages: marked, options: messageOptions(body), maxTokens: body.max_tokens, faults };
  return chatRequest(id, body, parts, messagePaths(origins));
}

/** What Anthropic's runner of tools understands: it then sends the whole conversation, as it does by itself elsewhere. */
function assertIsWhole({ thread }: Record<string, unknown>): void {
  if (thread === undefined) return;
  const message = 'thread is not served here: send the whole conversation without it';
  const fields = [{ field: 'thread', message }];
  throw new GatewayError('VALIDATION_ERROR', `${message}.`, {
    details: { error_code: 'thread_unsupported_request', unsupported: ['thread'], fields },
  });
}

/** Looked at first: each tool of the vendor's own has fields of its own. */
function assertToolsAreTheClients(tools: unknown): void {
  if (!Array.isArray(tools)) return;
  for (const [index, tool] of tools.entries()) {
    const { type = 'custom' } = (tool ?? {}) as { type?: unknown };
    const field = `tools[${index}].type`;
    if (type !== 'custom')
      throw fault(field, `${field} must be 'custom': tools that the vendor runs or defines are not served here`);
  }
}
