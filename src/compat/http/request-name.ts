import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { validationFailure } from '../../common/errors/field-faults.js';
import { ID_PATTERN, ID_RULE } from '../../completions/request-id.js';

/** What the API's description says of it. */
export const IDEMPOTENCY_KEY =
  'Names the request: the same key and body again attaches to its answer, or replays it, and is charged once.';

/** The id of a request, in the one namespace that the WebSocket's ids are in too. */
export interface RequestName {
  id: string;
  /** The client chose it, and may come back for the answer. */
  isChosen: boolean;
}

/**
 * The client's `Idempotency-Key`, or a fresh name.
 * @param prefix of a fresh one, as the vendor has it: 'chatcmpl-'
 * @throws GatewayError VALIDATION_ERROR
 */
export function requestName(headers: IncomingHttpHeaders, prefix: string): RequestName {
  const key = headers['idempotency-key'];
  if (key === undefined) return { id: prefix + randomUUID().replaceAll('-', ''), isChosen: false };
  if (typeof key === 'string' && ID_PATTERN.test(key)) return { id: key, isChosen: true };
  throw validationFailure([{ field: 'Idempotency-Key', message: `Idempotency-Key ${ID_RULE}` }]);
}
