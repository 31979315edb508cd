import { GatewayError } from '../common/errors/gateway-error.js';
import type { Capability } from './capabilities.js';
import type { Identity } from './identity.js';
import { isUserId, USER_ID_RULE } from './user-id.js';

/** How far the clocks of the issuer and the gateway may differ: `exp` and `nbf` are read this much in favour of the token. */
export const CLOCK_TOLERANCE_MS = 5_000;

/** The end of the year 9999 in seconds: an `exp` beyond it was given in milliseconds. */
const LATEST_SECONDS = 253_402_300_799;

/** What a token must say besides being signed. */
export interface ClaimRules {
  /** Present: `iss` must be this. */
  issuer: string | undefined;
  /** Present: `aud` must be or contain this. */
  audience: string | undefined;
  /** What roles allow. */
  capabilitiesOf: (roles: readonly string[]) => ReadonlySet<Capability>;
  /** @throws GatewayError where the user or the token is shut out */
  assertAdmitted: (who: Pick<Identity, 'userId' | 'tokenId'>) => void;
}

type Claims = Record<string, unknown>;

/**
 * The identity that the claims of a token with a good signature stand for (RFC 7519 section 4.1; our rules: `exp` and
 * `sub` are required, `roles` is an array).
 * @throws GatewayError UNAUTHORIZED saying which claim is wrong, or that the token was revoked; it repeats no value of the
 *   token. FORBIDDEN where the user is shut out.
 */
export function identityFromClaims(payload: unknown, rules: ClaimRules, nowMs: number): Identity {
  const claims = asObject(payload);
  const expiresAtMs = checkTimes(claims, nowMs);
  checkOrigin(claims, rules);
  const userId = readSubject(claims.sub);
  const roles = readRoles(claims.roles);
  const tokenId = readTokenId(claims.jti);
  const who = { userId, ...(tokenId === undefined ? {} : { tokenId }) };
  rules.assertAdmitted(who);
  return { ...who, roles, capabilities: rules.capabilitiesOf(roles), expiresAtMs };
}

const refusal = (message: string) => new GatewayError('UNAUTHORIZED', message);

function asObject(payload: unknown): Claims {
  if (typeof payload === 'object' && payload !== null && !Array.isArray(payload)) return payload as Claims;
  throw refusal("The token's claims are not a JSON object.");
}

function checkTimes({ exp, nbf }: Claims, nowMs: number): number {
  if (exp === undefined) throw refusal("The token has no 'exp'; a token that never expires is not accepted.");
  const expiresAtMs = toMilliseconds('exp', exp);
  if (nowMs >= expiresAtMs + CLOCK_TOLERANCE_MS) throw refusal('The token has expired; use a new one.');
  if (nbf !== undefined && nowMs < toMilliseconds('nbf', nbf) - CLOCK_TOLERANCE_MS) {
    throw refusal("The token is not valid yet ('nbf').");
  }
  return expiresAtMs;
}

function toMilliseconds(name: string, seconds: unknown): number {
  if (typeof seconds !== 'number' || !(seconds >= 0 && seconds <= LATEST_SECONDS)) {
    throw refusal(`The token's '${name}' must be a number of seconds since 1970.`);
  }
  return Math.floor(seconds * 1_000);
}

function checkOrigin({ iss, aud }: Claims, { issuer, audience }: ClaimRules): void {
  if (issuer !== undefined && iss !== issuer) {
    throw refusal("The token's 'iss' is not the issuer that this gateway trusts (JWT_ISSUER).");
  }
  if (audience === undefined) return;
  const audiences: unknown[] = Array.isArray(aud) ? aud : [aud];
  if (!audiences.includes(audience)) throw refusal("The token's 'aud' does not name this gateway (JWT_AUDIENCE).");
}

function readSubject(sub: unknown): string {
  if (sub === undefined) throw refusal("The token has no 'sub', which names the user.");
  if (isUserId(sub)) return sub;
  throw refusal(`The token's 'sub' must be ${USER_ID_RULE}.`);
}

function readRoles(roles: unknown): readonly string[] {
  if (roles === undefined) return [];
  if (Array.isArray(roles) && roles.every((role) => typeof role === 'string')) return roles;
  throw refusal("The token's 'roles' must be an array of strings, such as [\"user\"].");
}

function readTokenId(jti: unknown): string | undefined {
  if (jti === undefined || typeof jti === 'string') return jti;
  throw refusal("The token's 'jti' must be a string.");
}
