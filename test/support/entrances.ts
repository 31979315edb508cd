import { randomUUID } from 'node:crypto';
import { createParser } from 'eventsource-parser';
import type { TestApp } from './app.js';
import { connect } from './socket-client.js';

/** What a caller of any entrance saw of an answer. */
export interface Seen {
  text: string;
  /** Our code of the error that it ended in; absent: it ended well. */
  code?: string;
  model?: string;
  provider?: string;
  credits?: number;
  promptTokens?: number;
  completionTokens?: number;
  /** From the request to its first text, and to its end, in milliseconds. */
  firstMs: number;
  totalMs: number;
}

export interface Question {
  user: string;
  model: string;
  prompt: string;
}

/** One way into the gateway, by which a chat is streamed. */
export interface Entrance {
  name: string;
  ask: (gateway: TestApp, question: Question) => Promise<Seen>;
}

const WITHIN_MS = 40_000;
const MAX_TOKENS = 1_000;

const socket: Entrance = {
  name: 'WebSocket',
  async ask(gateway, { user, model, prompt }) {
    const client = await connect(gateway.wsUrl, gateway.token(user));
    try {
      const id = randomUUID();
      const begunMs = performance.now();
      const messages = [{ role: 'user', content: prompt }];
      client.send({ id, type: 'chat', provider: 'auto', model, messages, stream: true, maxTokens: MAX_TOKENS });
      const first = await client.first('the first frame', (frame) => frame.id === id, WITHIN_MS);
      const firstMs = performance.now() - begunMs;
      const end = await client.terminal(id, WITHIN_MS);
      return {
        text: client.text(id),
        ...(end.error ? { code: end.error.code } : {}),
        model: end.metadata?.model ?? first.type,
        provider: end.metadata!.provider,
        credits: end.usage!.credits,
        promptTokens: end.usage!.promptTokens,
        completionTokens: end.usage!.completionTokens,
        firstMs,
        totalMs: performance.now() - begunMs,
      };
    } finally {
      await client.close();
    }
  },
};

/** Fields of any event of the two vendors' streams that are looked at. */
interface WireEvent {
  error?: { gateway?: { code: string }; details?: { error_code: string } };
  model?: string;
  choices?: { delta?: { content?: string } }[];
  usage?: { prompt_tokens?: number; completion_tokens?: number; input_tokens?: number; output_tokens?: number } | null;
  gateway?: { provider: string; credits: number };
  message?: { model: string };
  delta?: { type?: string; text?: string };
}

/** @param readText what an event adds to the answer */
function sse(name: string, path: string, body: (question: Question) => object): Entrance {
  return {
    name,
    async ask(gateway, question) {
      const begunMs = performance.now();
      const seen: Seen = { text: '', firstMs: NaN, totalMs: NaN };
      const take = (event: WireEvent) => {
        const text = event.choices?.[0]?.delta?.content ?? (event.delta?.type === 'text_delta' ? event.delta.text : '');
        if (text && Number.isNaN(seen.firstMs)) seen.firstMs = performance.now() - begunMs;
        seen.text += text ?? '';
        note(seen, event);
      };
      const response = await fetch(gateway.url + path, {
        method: 'POST',
        headers: { authorization: `Bearer ${gateway.token(question.user)}`, 'content-type': 'application/json' },
        body: JSON.stringify(body(question)),
        signal: AbortSignal.timeout(WITHIN_MS),
      });
      if (!response.ok) {
        take((await response.json()) as WireEvent);
        if (seen.code === undefined) throw new Error(`${response.status} without a code of ours`);
      } else {
        const parser = createParser({
          onEvent: ({ data }) => (data === '[DONE]' ? undefined : take(JSON.parse(data) as WireEvent)),
        });
        const decoder = new TextDecoder();
        for await (const bytes of response.body!) parser.feed(decoder.decode(bytes as Uint8Array, { stream: true }));
      }
      seen.totalMs = performance.now() - begunMs;
      return seen;
    },
  };
}

function note(seen: Seen, { error, model, message, gateway, usage }: WireEvent): void {
  const code = error?.gateway?.code ?? error?.details?.error_code;
  if (code !== undefined) seen.code = code;
  const named = model ?? message?.model;
  if (named !== undefined) seen.model = named;
  if (gateway) Object.assign(seen, { provider: gateway.provider, credits: gateway.credits });
  const prompt = usage?.prompt_tokens ?? usage?.input_tokens;
  if (prompt !== undefined) seen.promptTokens = prompt;
  const completion = usage?.completion_tokens ?? usage?.output_tokens;
  if (completion !== undefined) seen.completionTokens = completion;
}

/** Every way by which a chat can be streamed. */
export const ENTRANCES: readonly Entrance[] = [
  socket,
  sse('SSE as OpenAI', '/v1/chat/completions', ({ model, prompt }) => ({
    model,
    messages: [{ role: 'user', content: prompt }],
    max_completion_tokens: MAX_TOKENS,
    stream: true,
    stream_options: { include_usage: true },
  })),
  sse('SSE as Anthropic', '/v1/messages', ({ model, prompt }) => ({
    model,
    messages: [{ role: 'user', content: prompt }],
    max_tokens: MAX_TOKENS,
    stream: true,
  })),
];
