import { validationFailure } from '../../common/errors/field-faults.js';
import type { CompletionRequest } from '../../completions/completion-request.js';
import { requestFaults } from '../../completions/request-rules.js';
import { BodyFields, fault } from '../http/body-fields.js';
import { defined } from '../http/fields.js';
import { fingerprintOf } from '../http/fingerprint.js';
import { markedAtEnd } from './mark-end.js';
import type { MessageBody } from './message-body.js';
import { MESSAGE_FIELDS } from './message-fields.js';
import { messageOptions } from './message-options.js';
import { messagePaths } from './message-paths.js';
import { breakpointOf, readConversation } from './read-conversation.js';
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
  return toCompletion(read(given, FIELDS), id);
}

/**
 * Reads the body of `POST /v1/messages/count_tokens`: what would be sent, to count its prompt.
 * @throws GatewayError VALIDATION_ERROR naming the field at fault
 */
export function readCountRequest(given: Record<string, unknown>): CompletionRequest {
  return toCompletion(read(given, COUNTED_FIELDS), '');
}

function read(given: Record<string, unknown>, fields: BodyFields): MessageBody {
  const body = withoutNullFields(given);
  assertToolsAreTheClients(body['tools']);
  fields.assert(body);
  return body as unknown as MessageBody;
}

function toCompletion(body: MessageBody, id: string): CompletionRequest {
  const { messages: read, origins, faults } = readConversation(body);
  const messages = body.cache_control ? markedAtEnd(read, breakpointOf(body.cache_control).cacheBreakpoint!) : read;
  const request: Omit<CompletionRequest, 'fingerprint'> = {
    id,
    type: 'chat',
    provider: body.provider ?? 'auto',
    model: body.model,
    messages,
    inputs: [],
    hasSingleInput: false,
    isStreamed: body.stream ?? false,
    isBackground: false,
    ...defined({ maxTokens: body.max_tokens }),
    options: messageOptions(body),
    mayFallBack: body.fallback ?? true,
    mayClampToBalance: true,
    mayUseCache: body.cache ?? false,
  };
  faults.push(...requestFaults(request, messagePaths(origins)));
  if (faults.length > 0) throw validationFailure(faults);
  return { ...request, fingerprint: fingerprintOf(request) };
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
