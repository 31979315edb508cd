import type { Capability } from './capabilities.js';

/** Who a request or a socket belongs to: the claims of a verified token. */
export interface Identity {
  /** The token's `sub`: 1 to 128 printable ASCII characters; the ledger's account is `user:` and this. */
  userId: string;
  /** As the token names them; what they allow is in `capabilities`. */
  roles: readonly string[];
  capabilities: ReadonlySet<Capability>;
  /** The token's `exp`, in milliseconds since 1970. May lie beyond what one timer can wait (2^31 ms). */
  expiresAtMs: number;
  /** The token's `jti`, where it has one. */
  tokenId?: string;
}
