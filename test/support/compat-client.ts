import type { TestApp } from './app.js';
import { connect } from './socket-client.js';
import { SseAnswer, type SseEvent } from './sse-client.js';

const CHAT = '/v1/chat/completions';

/** A user of the routes under /v1 who speaks plain HTTP. */
export class CompatClient {
  constructor(
    private readonly app: TestApp,
    private readonly user: string,
  ) {}

  /** Posts a body: an object as JSON, a text as it is. */
  post(body: object | string, headers: Record<string, string> = {}, path = CHAT): Promise<Response> {
    return fetch(this.app.url + path, {
      method: 'POST',
      headers: this.headers(headers),
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  }

  /** Asks for a chat as events. */
  stream(content: string, headers: Record<string, string> = {}): Promise<SseAnswer> {
    return SseAnswer.post(this.app.url + CHAT, chatBody(content, { stream: true }), this.headers(headers));
  }

  /** Stops an answer by its id, as a socket of the same user does. */
  async cancel(id: string): Promise<void> {
    const socket = await connect(this.app.wsUrl, this.app.token(this.user));
    await socket.ask({ id, cancel: true });
    await socket.close();
  }

  headers(more: Record<string, string> = {}): Record<string, string> {
    const authorization = `Bearer ${this.app.token(this.user)}`;
    return { authorization, 'content-type': 'application/json', ...more };
  }
}

export function chatBody(content: string, fields: object = {}): object {
  return { model: 'gpt-4.1', messages: [{ role: 'user', content }], ...fields };
}

/** The text that OpenAI's events give. */
export function textOf(events: readonly SseEvent[]): string {
  return events
    .map(({ data }) => (data as { choices?: { delta: { content?: string } }[] }).choices?.[0]?.delta.content ?? '')
    .join('');
}

export interface OpenAiErrorBody {
  error: { message: string; type: string; param: string | null; code: string | null; gateway: { code: string } };
}
