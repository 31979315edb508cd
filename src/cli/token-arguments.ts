import { parseArgs } from 'node:util';
import type { DevelopmentTokenRequest } from '../auth/development-token.js';
import { isUserId, USER_ID_RULE } from '../auth/user-id.js';
import { ArgumentsError } from './arguments-error.js';

export const TOKEN_USAGE = `usage: npm run token -- --sub NAME [--role ROLE ...] [--ttl 1h]
  --sub   the user that the token stands for
  --role  user (default), admin, service; may be given several times or as 'user,admin'
  --ttl   how long the token lives: a number and s, m, h or d (default 1h)`;

/** @throws ArgumentsError */
export function parseTokenArguments(args: string[]): DevelopmentTokenRequest {
  const { sub, role, ttl } = parseOptions(args);
  if (sub === undefined) throw new ArgumentsError('--sub is missing; it names the user.');
  if (!isUserId(sub)) throw new ArgumentsError(`--sub must be ${USER_ID_RULE}.`);
  const roles = (role ?? ['user']).flatMap((text) => text.split(',')).map((name) => name.trim());
  if (roles.includes('')) throw new ArgumentsError("--role is empty; give a role such as 'user' or 'admin'.");
  return { userId: sub, roles, ttlSeconds: parseDurationSeconds(ttl ?? '1h') };
}

function parseOptions(args: string[]) {
  try {
    const options = {
      sub: { type: 'string' },
      role: { type: 'string', multiple: true },
      ttl: { type: 'string' },
    } as const;
    return parseArgs({ args, options, allowPositionals: false }).values;
  } catch (error) {
    throw new ArgumentsError(error instanceof Error ? error.message : String(error));
  }
}

const UNIT_SECONDS = new Map([
  ['s', 1],
  ['m', 60],
  ['h', 3_600],
  ['d', 86_400],
]);

function parseDurationSeconds(text: string): number {
  const match = /^([1-9]\d{0,5})([smhd])$/.exec(text);
  if (!match) throw new ArgumentsError(`--ttl is '${text}'; allowed: a number and s, m, h or d, such as 30m or 12h.`);
  return Number(match[1]) * (UNIT_SECONDS.get(match[2]!) ?? 1);
}
