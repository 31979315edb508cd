import { McpClient, McpError, type McpClientOptions } from '@smart-ai-hub/mcp-client';

/** The clients of one test, which end with it. */
export class Clients {
  private readonly made: McpClient[] = [];

  /** Hurries, as a test does. */
  make(options: McpClientOptions): McpClient {
    const client = new McpClient({ reconnect: { baseMs: 20, mostMs: 200 }, ...options });
    this.made.push(client);
    return client;
  }

  close(): void {
    for (const client of this.made.splice(0)) client.close();
  }
}

/** A chat whose answer is ` 1 2 3 …` in so many chunks. */
export function counting(count: number, gapMs: number) {
  const content = `[[sim chunks=${count} gap=${gapMs} text=numbered]]`;
  return { model: 'gpt-4o', messages: [{ role: 'user' as const, content }] };
}

/** What `counting` is answered with. */
export function numbers(count: number): string {
  return Array.from({ length: count }, (_, index) => ` ${index + 1}`).join('');
}

/** The error that a promise is rejected with. @throws Error where it is fulfilled */
export async function failureOf(promise: Promise<unknown>): Promise<McpError> {
  const outcome = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ('error' in outcome) return outcome.error as McpError;
  throw new Error(`it was fulfilled with ${JSON.stringify(outcome.value)}`);
}

/** All pieces that an answer gives to a loop. */
export async function piecesOf(pieces: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const piece of pieces) all.push(piece);
  return all;
}
