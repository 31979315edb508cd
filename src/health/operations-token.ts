import type { NextFunction, Request, Response } from 'express';
import { hash, timingSafeEqual } from 'node:crypto';
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
  const expected = token === undefined ? undefined : digest(token);
  return ({ headers }: Request, response: Response, next: NextFunction): void => {
    if (expected === undefined || isExpected(headers, expected)) return next();
    response.setHeader('WWW-Authenticate', 'Bearer');
    next(new GatewayError('UNAUTHORIZED', "This needs the operators' token: 'Authorization: Bearer <OPS_TOKEN>'."));
  };
}

/** Digests are compared: of equal length, and in a time that says nothing. */
function isExpected(headers: Request['headers'], expected: Buffer): boolean {
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
