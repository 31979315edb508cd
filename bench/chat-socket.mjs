/** A client of /mcp that notes when what comes. */
import WebSocket from 'ws';
import { MESSAGES, MOST_TOKENS } from './question.mjs';

/** Ids name one stream for ever: each run has its own. */
const run = `${process.pid.toString(36)}${Date.now().toString(36)}`;
let requestCount = 0;

export class ChatSocket {
  #running = new Map();

  constructor(socket) {
    this.socket = socket;
    socket.on('message', (text) => this.#take(JSON.parse(text)));
    socket.on('close', (code) => this.#failAll(`closed with ${code}`));
  }

  /** @throws Error where the server refuses the connection */
  static open(url, token) {
    const headers = token ? { authorization: `Bearer ${token}` } : {};
    const socket = new WebSocket(url, { headers, perMessageDeflate: false });
    const chat = new ChatSocket(socket);
    return new Promise((resolve, reject) => {
      socket.once('open', () => resolve(chat));
      socket.once('error', reject);
    });
  }

  /**
   * Asks for a streamed answer and waits for its end; never throws.
   * @returns {Promise<{chunks: number, firstChunkMs?: number, error?: string}>}
   */
  ask(model, { onFirstChunk } = {}) {
    const id = `${run}-${requestCount++}`;
    const answer = { chunks: 0, firstChunkMs: undefined, error: undefined };
    return new Promise((resolve) => {
      this.#running.set(id, { answer, resolve, onFirstChunk, sentMs: performance.now() });
      const request = { id, type: 'chat', provider: 'auto', model, messages: MESSAGES };
      this.socket.send(JSON.stringify({ ...request, stream: true, maxTokens: MOST_TOKENS }));
    });
  }

  close() {
    this.socket.terminate();
  }

  #take({ id, type, error }) {
    const running = this.#running.get(id);
    if (!running) return;
    if (type === 'chunk') return this.#count(running);
    if (type === 'error') running.answer.error = error.code;
    this.#running.delete(id);
    running.resolve(running.answer);
  }

  #count({ answer, sentMs, onFirstChunk }) {
    if (answer.chunks++ > 0) return;
    answer.firstChunkMs = performance.now() - sentMs;
    onFirstChunk?.();
  }

  #failAll(error) {
    for (const { answer, resolve } of this.#running.values()) resolve({ ...answer, error });
    this.#running.clear();
  }
}
