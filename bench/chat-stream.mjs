/** A client of POST /v1/chat/completions that notes when what comes; the same questions as bench/chat-socket.mjs asks. */
import { StringDecoder } from 'node:string_decoder';
import { createParser } from 'eventsource-parser';
import { Client } from 'undici';
import { MESSAGES, MOST_TOKENS } from './question.mjs';

export class ChatStream {
  #client;

  constructor(url, token) {
    this.#client = new Client(url, { pipelining: 1, headersTimeout: 0, bodyTimeout: 0 });
    this.headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  }

  /** @throws Error where the server can't be reached */
  static async open(url, token) {
    const chat = new ChatStream(url, token);
    const { statusCode, body } = await chat.#client.request({ method: 'GET', path: '/health/live' });
    await body.dump();
    if (statusCode !== 200) throw new Error(`${url} answered ${statusCode}`);
    return chat;
  }

  /**
   * Asks for a streamed answer and waits for its end; never throws.
   * @returns {Promise<{chunks: number, firstChunkMs?: number, error?: string}>}
   */
  async ask(model, { onFirstChunk } = {}) {
    const answer = { chunks: 0, firstChunkMs: undefined, error: undefined };
    const sentMs = performance.now();
    const parser = createParser({
      onEvent: ({ data }) => {
        if (data === '[DONE]') return;
        const { choices, error } = JSON.parse(data);
        if (error) answer.error = error.code ?? error.type;
        if (!choices?.[0]?.delta?.content) return;
        if (answer.chunks++ > 0) return;
        answer.firstChunkMs = performance.now() - sentMs;
        onFirstChunk?.();
      },
    });
    try {
      const question = { model, messages: MESSAGES, stream: true, max_tokens: MOST_TOKENS };
      const { statusCode, body } = await this.#client.request({
        method: 'POST',
        path: '/v1/chat/completions',
        headers: this.headers,
        body: JSON.stringify(question),
      });
      if (statusCode !== 200) answer.error = `HTTP ${statusCode}`;
      const decoder = new StringDecoder('utf8');
      for await (const bytes of body) parser.feed(decoder.write(bytes));
    } catch (error) {
      answer.error = error.code ?? error.message;
    }
    return answer;
  }

  close() {
    void this.#client.destroy();
  }
}
