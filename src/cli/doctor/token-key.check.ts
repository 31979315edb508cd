import { importJWK, type JWK } from 'jose';
import { loadVerificationKey } from '../../auth/verification-key.js';
import type { Environment } from '../../config/environment.js';
import { fault, type CheckResult, type Finding } from './finding.js';
import { probe, UnreachableError } from './http-probe.js';
import { skewFindings } from './skew-finding.js';

const CHECK = 'token key';
const ALGORITHMS = ['RS256', 'ES256', 'EdDSA'];
/** Of keys that name none. */
const USUAL_ALGORITHMS = new Map<string | undefined, string>([
  ['RSA', 'RS256'],
  ['EC', 'ES256'],
  ['OKP', 'EdDSA'],
]);
/** Fewer different characters than this is nobody's random secret. */
const FEWEST_CHARACTERS = 8;

/** Whether tokens can be verified: a key that can be used, or a key set that is there. */
export async function checkTokenKey(environment: Environment): Promise<CheckResult> {
  const { key } = environment.identity;
  if (!key) return { check: CHECK, findings: [], note: 'generated for development' };
  if (key.kind === 'jwks')
    return { check: CHECK, findings: await keySetFindings(key.url), note: 'a published key set' };
  if (key.kind === 'secret') return { check: CHECK, findings: secretFindings(key.secret), note: 'a shared secret' };
  try {
    await loadVerificationKey(environment);
    return { check: CHECK, findings: [], note: 'a public key' };
  } catch (error) {
    return {
      check: CHECK,
      findings: [
        fault((error as Error).message, 'Set JWT_PUBLIC_KEY to the PEM that the issuer of the tokens publishes.'),
      ],
    };
  }
}

function secretFindings(secret: string): Finding[] {
  if (new Set(secret).size >= FEWEST_CHARACTERS) return [];
  return [
    fault(
      'JWT_SECRET is long enough, but can be guessed: it is made of a few characters',
      "Make one with 'openssl rand -base64 48', and give it to the issuer of the tokens, too.",
    ),
  ];
}

async function keySetFindings(url: string): Promise<Finding[]> {
  try {
    const { status, body, skewMs } = await probe(url);
    const findings = skewFindings(skewMs, "JWT_JWKS_URL's server");
    if (status !== 200)
      return [
        ...findings,
        fault(`JWT_JWKS_URL answers with status ${status}`, 'Check the address: it has to give the key set as JSON.'),
      ];
    const keys = ((body ?? {}) as { keys?: JWK[] }).keys;
    const usable = Array.isArray(keys) ? (await Promise.all(keys.map(isUsable))).filter(Boolean).length : 0;
    if (usable > 0) return findings;
    const what = `JWT_JWKS_URL gives no key that tokens could be verified with (${ALGORITHMS.join(', ')})`;
    return [...findings, fault(what, 'Check the address, and that the issuer signs with one of these algorithms.')];
  } catch (error) {
    if (!(error instanceof UnreachableError)) throw error;
    return [
      fault(
        `JWT_JWKS_URL can't be reached (${error.message})`,
        'Check the address and the way to it: without the keys nobody gets in, an hour after they were fetched last.',
      ),
    ];
  }
}

async function isUsable(key: JWK): Promise<boolean> {
  if (key.kty === 'oct' || (key.use !== undefined && key.use !== 'sig')) return false;
  const algorithm = key.alg ?? USUAL_ALGORITHMS.get(key.kty);
  if (algorithm === undefined || !ALGORITHMS.includes(algorithm)) return false;
  return importJWK(key, algorithm).then(
    () => true,
    () => false,
  );
}
