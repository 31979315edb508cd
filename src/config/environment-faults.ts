import type { ParsedVariables, VariableName } from './environment-variables.js';
import { environmentVideoProviders, videoFaults } from './video-settings.js';

/** What is wrong with variables that are each right by themselves, one line each. */
export function environmentFaults(parsed: ParsedVariables): string[] {
  const faults: string[] = [];
  const given = (...names: VariableName[]) => names.filter((name) => parsed[name] !== undefined);
  const keys = given('JWT_SECRET', 'JWT_PUBLIC_KEY', 'JWT_JWKS_URL');
  if (keys.length > 1) faults.push(`${keys.join(' and ')} are both set; allowed: exactly one of them`);
  if (parsed.OPENAI_BASE_URL && !parsed.OPENAI_API_KEY)
    faults.push('OPENAI_API_KEY is missing; OPENAI_BASE_URL needs it');
  if (parsed.ANTHROPIC_BASE_URL && !parsed.ANTHROPIC_API_KEY)
    faults.push('ANTHROPIC_API_KEY is missing; ANTHROPIC_BASE_URL needs it');
  if (parsed.ENCRYPTION === 'on' && !parsed.ENCRYPTION_KEYS)
    faults.push('ENCRYPTION_KEYS is missing; ENCRYPTION=on needs it');
  faults.push(...videoFaults(parsed));
  if (hasOtherProcesses(parsed)) faults.push(...sharedSecretFaults(parsed));
  const unknown = priorityOf(parsed).filter((name) => name !== 'openai' && name !== 'claude');
  if (unknown.length > 0 && !parsed.GATEWAY_CONFIG) {
    const allowed = 'allowed: openai, claude, and the providers of a GATEWAY_CONFIG';
    faults.push(`PROVIDER_PRIORITY names '${unknown.join("', '")}'; ${allowed}`);
  }
  if (isStrict(parsed)) faults.push(...productionFaults(parsed, keys.length > 0));
  return faults;
}

/** Staging is as production: what would stop the one stops the other before it. */
export function isStrict({ NODE_ENV }: ParsedVariables): boolean {
  return NODE_ENV === 'production' || NODE_ENV === 'staging';
}

/**
 * One database may be of many processes, which may have no folder in common: a secret that each generated for itself
 * would break what the others sealed and signed.
 */
export function hasOtherProcesses(parsed: ParsedVariables): boolean {
  return isStrict(parsed) || parsed.DATABASE_URL !== undefined;
}

function sharedSecretFaults(parsed: ParsedVariables): string[] {
  const faults: string[] = [];
  const how = 'with DATABASE_URL, all processes need the same one; make it with: openssl rand -base64 48';
  const isSimulated = !isStrict(parsed) && (parsed.SIMULATED_PROVIDERS ?? true);
  if ((isSimulated || environmentVideoProviders(parsed).length > 0) && !parsed.MEDIA_SECRET)
    faults.push(`MEDIA_SECRET is missing; links to videos are signed with it; ${how}`);
  if (!parsed.AUDIT_SECRET) faults.push(`AUDIT_SECRET is missing; the audit trail is sealed with it; ${how}`);
  return faults;
}

function productionFaults(parsed: ParsedVariables, hasKey: boolean): string[] {
  const faults: string[] = [];
  const why = `in ${parsed.NODE_ENV} (NODE_ENV=${parsed.NODE_ENV})`;
  if (!parsed.DATABASE_URL) faults.push(`DATABASE_URL is missing; ${why} there is no embedded database`);
  if (!hasKey) faults.push(`JWT_SECRET, JWT_PUBLIC_KEY or JWT_JWKS_URL is missing; ${why} one of them is required`);
  if (!parsed.ENCRYPTION_KEYS && !parsed.ENCRYPTION)
    faults.push(
      `ENCRYPTION_KEYS is missing; ${why} what is kept of users' texts is encrypted, unless ENCRYPTION=off says otherwise`,
    );
  if (parsed.SIMULATED_PROVIDERS) faults.push(`SIMULATED_PROVIDERS is on; allowed ${why}: off`);
  if (parsed.RATE_LIMITS === 'off') faults.push(`RATE_LIMITS is 'off'; allowed ${why}: on`);
  return faults;
}

/** The order in which `auto` asks providers of the environment. */
export function priorityOf({ PROVIDER_PRIORITY }: ParsedVariables): string[] {
  return PROVIDER_PRIORITY ?? ['openai', 'claude'];
}
