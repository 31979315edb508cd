import type { NextFunction, Request, Response } from 'express';
import { hash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { bearerToken } from '../auth/bearer-token.js';
import { GatewayError } from '../common/errors/gateway-error.js';

/** What operators look at: open, or behind OPS_TOKEN. */
export const OPERATIONS_PATHS = ['/health', '/metrics', '/docs', '/docs-json', '/docs-yaml'];

/** The name of this in the OpenAPI document. */
export const OPERATIONS_SECURITY = 'operations';

/**
 * Lets operators' requests in that bear the token; every one where there is none.
 * @param token OPS_TOKEN
 */
export function operationsToken(token: string | undefined) {
  const refusalOf = operatorsOnly(token);
  return ({ headers }: Request, response: Response, next: NextFunction): void => {
    const refusal = refusalOf(headers);
    if (!refusal) return next();
    response.setHeader('WWW-Authenticate', 'Bearer');
    next(refusal);
  };
}

/** The same by the headers of a request alone. */
export function operatorsOnly(token: string | undefined) {
  const expected = token === undefined ? undefined : digest(token);
  return (headers: IncomingHttpHeaders): GatewayError | undefined => {
    if (expected === undefined || isExpected(headers, expected)) return undefined;
    return new GatewayError('UNAUTHORIZED', "This needs the operators' token: 'Authorization: Bearer <OPS_TOKEN>'.");
  };
}

/** Digests are compared: of equal length, and in a time that says nothing. */
function isExpected(headers: IncomingHttpHeaders, expected: Buffer): boolean {
  try {
    const given = bearerToken(headers);
    return given !== undefined && timingSafeEqual(digest(given), expected);
  } catch {
    return false; // another scheme
  }
}

function digest(token: string): Buffer {
  return hash('sha256', token, 'buffer');
}
