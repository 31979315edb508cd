import type { IncomingHttpHeaders } from 'node:http';

/** The one key that is refused; every other one is good. */
export const WRONG_KEY = 'invalid';

export function bearerToken({ authorization }: IncomingHttpHeaders): string | undefined {
  return /^Bearer\s+(\S+)$/i.exec(authorization ?? '')?.[1];
}
