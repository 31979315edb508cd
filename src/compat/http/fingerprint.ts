import { hash } from 'node:crypto';
import { stringify } from 'safe-stable-stringify';
import { validationFailure } from '../../common/errors/field-faults.js';
import type { CompletionRequest } from '../../completions/completion-request.js';

/**
 * What is asked for, whatever it is called and however it was written down.
 * @throws GatewayError VALIDATION_ERROR where it is nested too deeply
 */
export function fingerprintOf({ id: _id, ...rest }: Omit<CompletionRequest, 'fingerprint'>): string {
  try {
    return hash('sha256', stringify(rest), 'base64url');
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw validationFailure([{ field: '', message: 'The body is nested too deeply' }]); // the stack's end, reached by recursion
  }
}
