import { hash } from 'node:crypto';
import { stringify } from 'safe-stable-stringify';
import { validationFailure } from '../../common/errors/field-faults.js';

/**
 * The client's name for an order, by which a repeat of it is known.
 * @throws GatewayError VALIDATION_ERROR
 */
export function readIdempotencyKey(header: string | undefined): string | undefined {
  if (header === undefined || /^[ -~]{1,128}$/.test(header)) return header;
  const message = 'Idempotency-Key must be 1 to 128 printable ASCII characters';
  throw validationFailure([{ field: 'Idempotency-Key', message }]);
}

/** Of what was asked for: the same key with another one is a conflict. Fields in any order; null is absent. */
export function fingerprintOf(route: string, body: object): string {
  const given = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined && value !== null));
  return hash('sha256', `${route} ${stringify(given)}`, 'base64url');
}
