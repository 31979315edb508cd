import { DevelopmentTokens } from '../auth/development-token.js';
import { loadVerificationKey } from '../auth/verification-key.js';
import { loadEnvironment } from '../config/env.js';
import { ArgumentsError } from './arguments-error.js';
import { parseTokenArguments, TOKEN_USAGE } from './token-arguments.js';

/** `npm run token`: prints a development token, and nothing else, on standard output. */
async function main(): Promise<void> {
  const request = parseTokenArguments(process.argv.slice(2));
  const environment = loadEnvironment();
  const tokens = new DevelopmentTokens(environment, await loadVerificationKey(environment));
  process.stdout.write(`${tokens.sign(request)}\n`);
  const { userId, roles, ttlSeconds } = request;
  process.stderr.write(`token of '${userId}' (${roles.join(', ')}), valid for ${ttlSeconds} seconds\n`);
}

main().catch((error: unknown) => {
  if (error instanceof ArgumentsError) {
    process.stderr.write(`${error.message}\n\n${TOKEN_USAGE}\n`);
    process.exitCode = 64; // EX_USAGE of sysexits.h
    return;
  }
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
