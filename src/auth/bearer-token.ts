import type { IncomingHttpHeaders } from 'node:http';
import { GatewayError } from '../common/errors/gateway-error.js';

/**
 * The token of `Authorization: Bearer <token>` (RFC 6750 section 2.1; the scheme in any case), undefined without the header.
 * @throws GatewayError UNAUTHORIZED where the header says something else.
 */
export function bearerToken(headers: IncomingHttpHeaders): string | undefined {
  if (headers.authorization === undefined) return undefined;
  const match = /^Bearer +([^\s]+) *$/i.exec(headers.authorization);
  if (match) return match[1];
  throw new GatewayError('UNAUTHORIZED', "The Authorization header must be 'Bearer <token>'.");
}

/** As bearerToken; without that header the token of `x-api-key`, where Anthropic's clients put it. */
export function bearerTokenOrApiKey(headers: IncomingHttpHeaders): string | undefined {
  const apiKey = headers['x-api-key'];
  return bearerToken(headers) ?? (typeof apiKey === 'string' ? apiKey.trim() : undefined);
}
