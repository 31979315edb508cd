import { randomUUID } from 'node:crypto';
import { DevelopmentTokens } from '../auth/development-token.js';
import { loadVerificationKey } from '../auth/verification-key.js';
import { loadEnvironment } from '../config/env.js';
import type { Environment } from '../config/environment.js';
import { CHAT_USAGE, ChatArgumentsError, parseChatArguments, type ChatArguments } from './chat-arguments.js';
import { ChatCall } from './chat-call.js';
import { UnreachableError } from './chat-connection.js';
import { ChatError, type ChatRequest, type ServerFrame } from './chat-frames.js';

const TOKEN_SECONDS = 3_600;
/** EX_USAGE of sysexits.h */
const EXIT_USAGE = 64;
/** As a shell says of a program that Ctrl-C ended. */
const EXIT_INTERRUPTED = 130;

/** `npm run chat`: one question to a running server; the answer goes to standard output, everything else beside it. */
async function main(): Promise<void> {
  const args = parseChatArguments(process.argv.slice(2));
  const { url, token } = await whereAndWho(args);
  let isInterrupted = false;
  let hasText = false;
  const print = (text: string) => {
    process.stdout.write(text);
    hasText ||= text !== '';
  };
  process.stdout.on('error', () => process.exit(1)); // whoever read it is gone
  const call = new ChatCall({
    url,
    token,
    request: requestOf(args),
    onText: print,
    onNotice: (text) => process.stderr.write(`\n[${text}]\n`),
  });
  process.on('SIGINT', () => {
    if (isInterrupted) process.exit(EXIT_INTERRUPTED);
    isInterrupted = true;
    call.cancel();
  });
  const frame = await call.run().catch((error: unknown) => {
    throw error instanceof UnreachableError ? new Error(unreachable(url, error)) : error;
  });
  if (frame.type === 'completion') print(frame.data ?? '');
  if (hasText) process.stdout.write('\n');
  report(frame);
  process.exitCode = frame.type !== 'error' ? 0 : isInterrupted ? EXIT_INTERRUPTED : 1;
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

function requestOf({ text, system, model, provider, isStreamed }: ChatArguments): ChatRequest {
  const instructions = system === undefined ? [] : [{ role: 'system' as const, content: system }];
  return {
    id: randomUUID(),
    type: 'chat',
    provider,
    model,
    messages: [...instructions, { role: 'user', content: text }],
    stream: isStreamed,
  };
}

function report(frame: ServerFrame): void {
  if (frame.error) process.stderr.write(`${frame.error.code}: ${frame.error.message}\n`);
  const { usage, metadata, balance } = frame;
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

function unreachable(url: string, { message }: UnreachableError): string {
  return `No server answers at ${url} (${message}). 'npm start' starts one; --url says where another is.`;
}

main().catch((error: unknown) => {
  if (error instanceof ChatArgumentsError) {
    process.stderr.write(`${error.message}\n\n${CHAT_USAGE}\n`);
    process.exitCode = EXIT_USAGE;
    return;
  }
  const code = error instanceof ChatError ? `${error.code}: ` : '';
  process.stderr.write(`${code}${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
