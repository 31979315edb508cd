import { createHmac, timingSafeEqual } from 'node:crypto';
import { GatewayError } from '../common/errors/gateway-error.js';

/** Seconds since 1970 without leading zeros; a number of this length is exact. */
const EXPIRY = /^[1-9]\d{0,11}$/;

export interface MediaLink {
  /** As they stand in the query. */
  exp: unknown;
  sig: unknown;
}

/** Links to files that nobody can make without the secret, for one key and until one moment. */
export class MediaLinks {
  /**
   * @param base what '/media/…' is put behind: an origin, a CDN's address, or ''
   * @param clock milliseconds since 1970
   */
  constructor(
    private readonly secret: string | Buffer,
    private readonly base: string,
    private readonly clock: () => number = Date.now,
  ) {}

  sign(key: string, expiresInMs: number): string {
    const exp = String(Math.ceil((this.clock() + expiresInMs) / 1_000));
    return `${this.base}/media/${key}?exp=${exp}&sig=${this.signature(key, exp)}`;
  }

  /**
   * @returns how long the link is good for, in milliseconds
   * @throws GatewayError FORBIDDEN where it is forged, altered or expired
   */
  verify(key: string, { exp, sig }: MediaLink): number {
    if (typeof exp !== 'string' || typeof sig !== 'string' || !EXPIRY.test(exp) || !this.isSignature(key, exp, sig))
      throw new GatewayError('FORBIDDEN', 'This link is not one of ours: take a fresh one from the video.');
    const leftMs = Number(exp) * 1_000 - this.clock();
    if (leftMs > 0) return leftMs;
    throw new GatewayError('FORBIDDEN', 'This link has expired: take a fresh one from the video.');
  }

  /** Compared as text: several texts of base64url stand for the same bytes. */
  private isSignature(key: string, exp: string, sig: string): boolean {
    const expected = Buffer.from(this.signature(key, exp));
    const given = Buffer.from(sig);
    return given.length === expected.length && timingSafeEqual(given, expected);
  }

  /** The first line keeps signatures of other things apart, should this secret ever sign any. */
  private signature(key: string, exp: string): string {
    return createHmac('sha256', this.secret).update(`media-link\n${key}\n${exp}`).digest('base64url');
  }
}
