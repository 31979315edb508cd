import type { Environment } from '../../config/environment.js';
import { secretTexts } from '../../config/effective/secret-texts.js';

/** Shorter ones would be found in any text. */
const SHORTEST = 6;

/** Every secret of a configuration, as it may stand in a message. The longest first: one may be a part of another. */
export function secretsOf(environment: Environment): string[] {
  return secretTexts(environment)
    .filter(({ length }) => length >= SHORTEST)
    .sort((a, b) => b.length - a.length);
}

/** The text without any of them, whoever put one there. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets.reduce((cleaned, secret) => cleaned.replaceAll(secret, '[secret]'), text);
}
