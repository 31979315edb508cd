import type { Request } from 'express';

/**
 * Where the sender of a request reaches the gateway, for links that are paths: what it was sent to, behind trusted proxies
 * as they tell (TRUST_PROXY). Undefined where it doesn't say.
 */
export function requestOrigin({ protocol, host }: Pick<Request, 'protocol' | 'host'>): string | undefined {
  const base = `${protocol}://${host}`;
  return URL.canParse(base) ? new URL(base).origin : undefined;
}
