import { validationFailure, type FieldFault } from '../../common/errors/field-faults.js';
import type { CompletionRequest } from '../../completions/completion-request.js';
import type { RequestPaths } from '../../completions/request-paths.js';
import { requestFaults } from '../../completions/request-rules.js';
import type { AnswerOptions, Message } from '../../providers/contract/text-request.js';
import { defined } from './fields.js';
import { fingerprintOf } from './fingerprint.js';

/** What a chat's body says in the same words on every wire. The last three fields are our own. */
export interface CommonChatFields {
  model: string;
  stream?: boolean;
  provider?: string;
  fallback?: boolean;
  cache?: boolean;
}

/** What a chat's body says in its vendor's words. */
export interface ChatParts {
  messages: Message[];
  options: AnswerOptions;
  maxTokens: number | undefined;
  /** What was found to be wrong with them. */
  faults?: readonly FieldFault[];
}

/**
 * A chat, held to the rules of every entrance.
 * @throws GatewayError VALIDATION_ERROR
 */
export function chatRequest(
  id: string,
  fields: CommonChatFields,
  { messages, options, maxTokens, faults = [] }: ChatParts,
  paths: RequestPaths,
): CompletionRequest {
  const request: Omit<CompletionRequest, 'fingerprint'> = {
    id,
    type: 'chat',
    provider: fields.provider ?? 'auto',
    model: fields.model,
    messages,
    inputs: [],
    hasSingleInput: false,
    isStreamed: fields.stream ?? false,
    isBackground: false,
    ...defined({ maxTokens }),
    options,
    mayFallBack: fields.fallback ?? true,
    mayClampToBalance: true,
    mayUseCache: fields.cache ?? false,
  };
  const allFaults = [...faults, ...requestFaults(request, paths)];
  if (allFaults.length > 0) throw validationFailure(allFaults);
  return { ...request, fingerprint: fingerprintOf(request) };
}
