import { validationFailure } from '../../common/errors/field-faults.js';
import type { CompletionRequest } from '../../completions/completion-request.js';
import { readRequest } from './read-request.js';

/** In place of an id that was left out. */
const NO_ID = 'none';

/**
 * Reads the body of a request that is only asked about, by the rules of a frame; `id` and `lastSeq` may be left out.
 * @throws GatewayError VALIDATION_ERROR
 */
export function readRequestBody(body: Record<string, unknown>): CompletionRequest {
  const read = readRequest({ id: NO_ID, ...body });
  if (Array.isArray(read)) throw validationFailure(read);
  return read.request;
}
