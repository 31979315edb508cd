import { parseArgs } from 'node:util';
import { ArgumentsError } from './arguments-error.js';

export const CHAT_USAGE = `usage: npm run chat -- "text" [--model gpt-4o] [--provider auto] [--system "text"] [--no-stream]
                           [--url ws://localhost:3003/mcp] [--token TOKEN]
  --model      the model that is asked for (default gpt-4o)
  --provider   auto (default), openai or claude
  --system     instructions for the model
  --no-stream  the answer in one piece
  --url        where the server is (default: this machine, port PORT or 3003)
  --token      whose credits are used (default: a development token of user 'dev')`;

export interface ChatArguments {
  text: string;
  model: string;
  provider: string;
  system: string | undefined;
  isStreamed: boolean;
  /** Absent: the server on this machine. */
  url: string | undefined;
  /** Absent: a development token is signed. */
  token: string | undefined;
}

/** @throws ArgumentsError */
export function parseChatArguments(args: string[]): ChatArguments {
  const { values, positionals } = parseOptions(args);
  const [text, ...more] = positionals;
  if (!text) throw new ArgumentsError('The text is missing.');
  if (more.length > 0) throw new ArgumentsError('More than one text is given; put the text in quotes.');
  if (values.url !== undefined && !isSocketUrl(values.url))
    throw new ArgumentsError(`--url is '${values.url}'; allowed: a URL that begins with ws:// or wss://.`);
  if (values.token === '') throw new ArgumentsError('--token is empty.');
  return {
    text,
    model: values.model ?? 'gpt-4o',
    provider: values.provider ?? 'auto',
    system: values.system,
    isStreamed: !values['no-stream'],
    url: values.url,
    token: values.token,
  };
}

function parseOptions(args: string[]) {
  try {
    const options = {
      model: { type: 'string' },
      provider: { type: 'string' },
      system: { type: 'string' },
      'no-stream': { type: 'boolean' },
      url: { type: 'string' },
      token: { type: 'string' },
    } as const;
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    throw new ArgumentsError(error instanceof Error ? error.message : String(error));
  }
}

function isSocketUrl(text: string): boolean {
  return URL.canParse(text) && ['ws:', 'wss:'].includes(new URL(text).protocol);
}
