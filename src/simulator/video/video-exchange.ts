import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { bearerToken } from '../wires/keys.js';
import { fingerprintOf } from './fingerprint.js';
import type { VideoRefusal } from './video-refusal.js';

/** One request to a video wire, and its answer. */
export class VideoExchange {
  readonly url: URL;
  /** As the caller names this server. */
  readonly origin: string;

  constructor(
    readonly request: IncomingMessage,
    private readonly response: ServerResponse,
  ) {
    this.origin = `http://${request.headers.host ?? 'localhost'}`;
    this.url = new URL(request.url ?? '/', this.origin);
  }

  get key(): string | undefined {
    return bearerToken(this.request.headers);
  }

  /** Whose jobs the caller may see: what was made with another key isn't there. */
  get keyFingerprint(): string {
    return fingerprintOf(this.key ?? '');
  }

  json(status: number, body: object, headers: OutgoingHttpHeaders = {}): void {
    this.body(status, { 'content-type': 'application/json', ...headers }, JSON.stringify(body));
  }

  page(status: number, html: string, headers: OutgoingHttpHeaders = {}): void {
    this.body(status, { 'content-type': 'text/html', ...headers }, html);
  }

  refuse({ status, body, headers }: VideoRefusal): void {
    if (typeof body === 'string') this.page(status, body, headers);
    else this.json(status, body, headers);
  }

  /** A whole answer; its length is announced. */
  body(status: number, headers: OutgoingHttpHeaders, body: string | Buffer = ''): void {
    if (this.response.destroyed) return;
    this.response.writeHead(status, { 'content-length': Buffer.byteLength(body), ...headers }).end(body);
  }

  empty(status: number, headers: OutgoingHttpHeaders = {}): void {
    if (!this.response.destroyed) this.response.writeHead(status, headers).end();
  }

  /** Sends the pieces as fast as the caller takes them; ends quietly when the caller hangs up. */
  async stream(
    status: number,
    headers: OutgoingHttpHeaders,
    pieces: Iterable<Buffer> | AsyncIterable<Buffer>,
  ): Promise<void> {
    if (this.response.destroyed) return;
    this.response.writeHead(status, headers);
    await pipeline(Readable.from(pieces, { objectMode: false }), this.response).catch((error: unknown) => {
      if (!this.request.socket.destroyed) throw error;
    });
  }

  /** The same, and closes the connection without an end when all pieces are out. */
  async streamAndCut(
    status: number,
    headers: OutgoingHttpHeaders,
    pieces: Iterable<Buffer> | AsyncIterable<Buffer>,
  ): Promise<void> {
    if (this.response.destroyed) return;
    this.response.writeHead(status, headers);
    for await (const piece of pieces) {
      if (!this.response.write(piece)) await this.#drained();
      if (this.response.destroyed) return;
    }
    this.request.socket.destroySoon();
  }

  /** Sends the beginning of an answer, and closes the connection when that is out. */
  cut(status: number, headers: OutgoingHttpHeaders, beginning: string | Buffer): void {
    if (this.response.destroyed) return;
    this.response.writeHead(status, headers);
    this.response.write(beginning, () => this.request.socket.destroySoon());
  }

  /** Closes the connection with a TCP reset. */
  reset(): void {
    this.request.socket.resetAndDestroy();
  }

  /** Runs `work` after so many milliseconds, unless the caller hung up before. */
  later(work: () => void, delayMs: number): void {
    const timer = setTimeout(work, delayMs);
    this.response.once('close', () => clearTimeout(timer));
  }

  #drained(): Promise<void> {
    return new Promise((resolve) => this.response.once('drain', resolve).once('close', resolve));
  }
}
