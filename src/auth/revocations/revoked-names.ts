/** Whom a revocation names: an account (`user:<sub>`) or a token (`token:<jti>`). */
export interface RevokedName {
  name: string;
  /** When it ends by itself, in milliseconds since 1970; Infinity: never. */
  expiresAtMs: number;
}

/** Tokens are accepted a little beyond their `exp`; the names of revoked ones are kept a good deal longer. */
export const KEPT_AFTER_EXPIRY_MS = 60_000;

/** Who is shut out, as one node remembers it. Pure. */
export class RevokedNames {
  private names = new Map<string, number>();

  has(name: string, nowMs: number): boolean {
    const expiresAtMs = this.names.get(name);
    if (expiresAtMs === undefined) return false;
    if (nowMs < expiresAtMs + KEPT_AFTER_EXPIRY_MS) return true;
    this.names.delete(name);
    return false;
  }

  /** @returns the names that are new */
  add(revoked: readonly RevokedName[]): string[] {
    const fresh = revoked.filter(({ name }) => !this.names.has(name)).map(({ name }) => name);
    for (const { name, expiresAtMs } of revoked) this.names.set(name, expiresAtMs);
    return fresh;
  }

  /** Whoever is not among them is let in again. @returns the names that are new */
  replace(revoked: readonly RevokedName[]): string[] {
    const fresh = revoked.filter(({ name }) => !this.names.has(name)).map(({ name }) => name);
    this.names = new Map(revoked.map(({ name, expiresAtMs }) => [name, expiresAtMs]));
    return fresh;
  }

  remove(name: string): void {
    this.names.delete(name);
  }
}
