import { McpClient, McpError, type Answer, type ChatOptions, type ConnectionStatus } from '@smart-ai-hub/mcp-client';
import { DevelopmentTokens } from '../auth/development-token.js';
import { loadVerificationKey } from '../auth/verification-key.js';
import { loadEnvironment } from '../config/env.js';
import type { Environment } from '../config/environment.js';
import { CHAT_USAGE, parseChatArguments, type ChatArguments } from './chat-arguments.js';
import { runCommand } from './run-command.js';

const TOKEN_SECONDS = 3_600;
/** How long a person looks at a lost connection. */
const PATIENCE_MS = 30_000;
/** As a shell says of a program that Ctrl-C ended. */
const EXIT_INTERRUPTED = 130;

/** `npm run chat`: one question to a running server; the answer goes to standard output, everything else beside it. */
async function main(args: string[]): Promise<void> {
  const question = parseChatArguments(args);
  const { url, token } = await whereAndWho(question);
  process.stdout.on('error', () => process.exit(1)); // whoever read it is gone
  const client = new McpClient({ url, token, patienceMs: PATIENCE_MS, onStatus: tell });
  try {
    await client.connect().catch((error: unknown) => {
      throw isUnreachable(error) ? new Error(unreachable(url, error)) : error;
    });
    await show(client.chat(requestOf(question)));
  } finally {
    client.close();
  }
}

/** Prints the answer and then what it cost; Ctrl-C cancels it, a second one goes at once. */
async function show(answer: Answer): Promise<void> {
  let isInterrupted = false;
  process.on('SIGINT', () => {
    if (isInterrupted) process.exit(EXIT_INTERRUPTED);
    isInterrupted = true;
    answer.cancel();
  });
  try {
    for await (const text of answer) process.stdout.write(text);
    if (answer.text) process.stdout.write('\n');
    report(await answer.done);
  } catch (error) {
    if (!(error instanceof McpError)) throw error;
    if (answer.text) process.stdout.write('\n');
    process.stderr.write(`${error.code}: ${error.message}\n`);
    report(error);
    process.exitCode = isInterrupted ? EXIT_INTERRUPTED : 1;
  }
}

function tell(status: ConnectionStatus): void {
  if (status.state === 'waiting') process.stderr.write(`\n[interrupted (${status.error.message}), trying again]\n`);
}

async function whereAndWho({ url, token }: ChatArguments): Promise<{ url: string; token: string }> {
  if (url !== undefined && token !== undefined) return { url, token };
  const environment = loadEnvironment();
  return {
    url: url ?? `ws://localhost:${environment.http.port}/mcp`,
    token: token ?? (await developmentToken(environment)),
  };
}

async function developmentToken(environment: Environment): Promise<string> {
  const tokens = new DevelopmentTokens(environment, await loadVerificationKey(environment));
  return tokens.sign({ userId: 'dev', roles: ['user'], ttlSeconds: TOKEN_SECONDS });
}

function requestOf({ text, system, model, provider, isStreamed }: ChatArguments): ChatOptions {
  const instructions = system === undefined ? [] : [{ role: 'system' as const, content: system }];
  return { provider, model, messages: [...instructions, { role: 'user', content: text }], stream: isStreamed };
}

function report({ usage, metadata, balance }: Pick<McpError, 'usage' | 'metadata' | 'balance'>): void {
  if (!usage || !metadata) return;
  const facts = [
    `${metadata.model} of ${metadata.provider || 'nobody'}`,
    `${usage.promptTokens} + ${usage.completionTokens} tokens`,
    `${usage.credits} credits${usage.usageSource === 'provider' ? '' : ' (estimated)'}`,
    `balance ${balance}`,
    `${(metadata.latency / 1_000).toFixed(1)} s`,
    ...(metadata.finishReason === 'stop' ? [] : [metadata.finishReason]),
  ];
  process.stderr.write(`[${facts.join(' · ')}]\n`);
}

/** @throws the error, its code before its message where it has one */
function named(error: unknown): never {
  throw error instanceof McpError ? new Error(`${error.code}: ${error.message}`, { cause: error }) : error;
}

function isUnreachable(error: unknown): error is McpError {
  return error instanceof McpError && error.code === 'UNREACHABLE';
}

function unreachable(url: string, { message }: McpError): string {
  return `No server answers at ${url} (${message}). 'npm start' starts one; --url says where another is.`;
}

await runCommand(CHAT_USAGE, (args) => main(args).catch(named));
