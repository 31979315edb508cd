import { hash } from 'node:crypto';
import { stringify } from 'safe-stable-stringify';
import type { CompletionRequest } from '../../completions/completion-request.js';

/** What is asked for, whatever it is called and however it was written down. */
export function fingerprintOf({ id: _id, ...rest }: Omit<CompletionRequest, 'fingerprint'>): string {
  return hash('sha256', stringify(rest), 'base64url');
}
