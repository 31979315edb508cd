import { DevelopmentTokens } from '../auth/development-token.js';
import { loadVerificationKey } from '../auth/verification-key.js';
import { loadEnvironment } from '../config/env.js';
import { parseTokenArguments, TOKEN_USAGE } from './token-arguments.js';
import { runCommand } from './run-command.js';

/** `npm run token`: prints a development token, and nothing else, on standard output. */
async function main(args: string[]): Promise<void> {
  const request = parseTokenArguments(args);
  const environment = loadEnvironment();
  const tokens = new DevelopmentTokens(environment, await loadVerificationKey(environment));
  process.stdout.write(`${tokens.sign(request)}\n`);
  const { userId, roles, ttlSeconds } = request;
  process.stderr.write(`token of '${userId}' (${roles.join(', ')}), valid for ${ttlSeconds} seconds\n`);
}

await runCommand(TOKEN_USAGE, main);
