import { GatewayError } from '../common/errors/gateway-error.js';

/** The algorithms of the contract; which of them a gateway takes follows from its kind of key alone. */
export type SignatureAlgorithm = 'HS256' | 'RS256' | 'ES256' | 'EdDSA';

/**
 * Refuses a token by its header before any cryptography: not a JWT, an algorithm other than the key's (the token never
 * chooses: RFC 8725 section 3.1), or critical extensions, of which we know none (RFC 7515 section 4.1.11). The
 * libraries are given the same algorithms again.
 * @throws GatewayError UNAUTHORIZED
 */
export function assertTokenHeader(token: string, algorithms: readonly SignatureAlgorithm[]): void {
  const { alg, crit } = decodeHeader(token);
  if (!algorithms.some((algorithm) => algorithm === alg)) {
    throw new GatewayError(
      'UNAUTHORIZED',
      `The token is signed with ${name(alg)}; this gateway accepts ${algorithms.join(', ')}.`,
    );
  }
  if (crit !== undefined)
    throw new GatewayError('UNAUTHORIZED', "The token has a 'crit' header, which is not supported.");
}

function decodeHeader(token: string): { alg?: unknown; crit?: unknown } {
  const parts = token.split('.');
  try {
    const header: unknown = parts.length === 3 ? JSON.parse(Buffer.from(parts[0]!, 'base64url').toString()) : undefined;
    if (typeof header === 'object' && header !== null) return header;
  } catch {
    // Not JSON: refused below like everything else that is no JWT.
  }
  throw new GatewayError('UNAUTHORIZED', 'The token is not a JWT.');
}

/** An algorithm as the message may show it: a token's own text is repeated only where it looks like a name. */
function name(alg: unknown): string {
  return typeof alg === 'string' && /^[A-Za-z0-9-]{1,16}$/.test(alg) ? `'${alg}'` : 'an unknown algorithm';
}
