import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { noteTexts } from './logs/suite-log.js';

export interface ReceivedRequest {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  /** Empty for what is no JSON. */
  body: Record<string, unknown>;
  bytes: Buffer;
  socket: Socket;
}

/** How the server answers one request; it may misbehave as it likes. */
export type Answer = (response: ServerResponse, request: ReceivedRequest) => void;

/** A real HTTP server in a provider's place. It gives its answers in the order in which they were added. */
export class ProviderServer {
  readonly requests: ReceivedRequest[] = [];
  readonly sockets: Socket[] = [];
  /** That of the last request: a test may go on with it. */
  lastResponse: ServerResponse | undefined;
  /** What it answers when the test has given it nothing else to say. */
  otherwise: Answer = json(500, { error: { message: 'the test has no more answers' } });
  private readonly answers: Answer[] = [];
  private readonly waiters: (() => void)[] = [];

  private constructor(private readonly server: Server) {}

  static async start(): Promise<ProviderServer> {
    const server = createServer({ keepAliveTimeout: 60_000 });
    const provider = new ProviderServer(server);
    server.on('connection', (socket) => provider.sockets.push(socket));
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('error', () => {});
      request.on('end', () => {
        const { method = '', url: path = '', headers, socket } = request;
        const bytes = Buffer.concat(chunks);
        const isJson = headers['content-type']?.startsWith('application/json');
        const body = isJson ? (JSON.parse(bytes.toString()) as Record<string, unknown>) : {};
        provider.answer(response, { method, path, headers, body, bytes, socket });
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return provider;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Adds the answers to the next requests. */
  willAnswer(...answers: Answer[]): void {
    this.answers.push(...answers);
  }

  /** Takes back the answers that nobody came for, and forgets the requests. */
  forget(): void {
    this.answers.splice(0);
    this.requests.splice(0);
  }

  /** Resolves when the next request has been read. */
  nextRequest(): Promise<void> {
    return new Promise((resolve) => this.waiters.push(resolve));
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer(response: ServerResponse, request: ReceivedRequest): void {
    this.requests.push(request);
    this.lastResponse = response;
    const answer = this.answers.shift() ?? this.otherwise;
    answer(response, request);
    this.waiters.splice(0).forEach((resolve) => resolve());
  }
}

/** A plain JSON answer. */
export function json(status: number, body: unknown, headers: Record<string, string> = {}): Answer {
  noteTexts(body);
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };
}

/** Any other answer at one go. */
export function page(status: number, contentType: string, body: string): Answer {
  noteTexts(body);
  return (response) => void response.writeHead(status, { 'content-type': contentType }).end(body);
}

/** Headers and the pieces of a stream, each in a chunk of its own, without an end. */
export function openStream(...pieces: (string | Buffer)[]): Answer {
  return (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.flushHeaders();
    for (const piece of pieces) response.write(piece);
  };
}

/** The same, with an end. */
export function stream(...pieces: (string | Buffer)[]): Answer {
  return (response, request) => {
    openStream(...pieces)(response, request);
    response.end();
  };
}

/** The pieces of a stream, and a reset once they are on their way. */
export function cutStream(...pieces: string[]): Answer {
  return (response, request) => {
    openStream(...pieces.slice(0, -1))(response, request);
    response.write(pieces.at(-1), () => request.socket.destroy());
  };
}

/** A reset in place of an answer. */
export const reset: Answer = (_response, { socket }) => void socket.resetAndDestroy();

/** The other side closes, politely, in place of an answer. */
export const hangUp: Answer = (_response, { socket }) => void socket.end();

/** No answer at all. */
export const silence: Answer = () => {};

/** Some turns of the event loop: what was sent on this machine has arrived, and what it set free is free. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}
