import type { Identity } from '../auth/identity.js';
import type { Revocations, Revoked } from '../auth/revocations/revocations.service.js';
import { CLOSE_CODES } from './close-codes.js';
import type { SessionSocket } from './stream-session.js';

/** A client that does not answer the goodbye is hung up on. */
const GOODBYE_MS = 500;

const FAREWELLS = {
  token: { code: CLOSE_CODES.TOKEN_EXPIRED, reason: 'the token was revoked: come back with a new one' },
  user: { code: CLOSE_CODES.FORBIDDEN, reason: 'this user is shut out' },
} as const satisfies Record<Revoked, { code: number; reason: string }>;

/**
 * Closes a connection as soon as its user or its token is shut out; nothing is read from it or shown on it from then on.
 * @param onShutOut called once, before the goodbye
 * @returns stops it
 */
export function closeAtRevocation(
  socket: Pick<SessionSocket, 'close'> & { terminate(): void },
  identity: Pick<Identity, 'userId' | 'tokenId'>,
  revocations: Pick<Revocations, 'watch'>,
  onShutOut: () => void,
): () => void {
  let hangUp: NodeJS.Timeout | undefined;
  const stopWatching = revocations.watch(identity, (revoked) => {
    onShutOut();
    socket.close(FAREWELLS[revoked].code, FAREWELLS[revoked].reason);
    hangUp = setTimeout(() => socket.terminate(), GOODBYE_MS).unref();
  });
  return () => {
    stopWatching();
    clearTimeout(hangUp);
  };
}
