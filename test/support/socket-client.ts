import { once } from 'node:events';
import { WebSocket, type RawData } from 'ws';
import { noteTexts } from './logs/suite-log.js';

const TERMINAL_TYPES = new Set(['done', 'completion', 'error']);
const WITHIN_MS = 10_000;

/** A frame of the gateway, as docs/protocol.md has it. */
export interface Frame {
  id: string;
  type: string;
  seq?: number;
  data?: string;
  reasoning?: string;
  reasoningSignature?: string;
  reasoningBlocks?: object[];
  /** Whole in a completion, pieces with an index in a chunk. */
  toolCalls?: { index?: number; id?: string; name?: string; arguments: string }[];
  logprobs?: { token: string; logprob: number }[];
  /** On the first chunk of each that writes. */
  model?: string;
  provider?: string;
  embeddings?: number[][];
  error?: {
    code: string;
    message: string;
    retryable: boolean;
    retryAfterMs?: number;
    details?: Record<string, unknown>;
  };
  usage?: {
    promptTokens: number;
    completionTokens: number;
    totalTokens: number;
    credits: number;
    usageSource: string;
    cachedTokens?: number;
    cacheWriteTokens?: number;
    cacheWriteHourTokens?: number;
    reasoningTokens?: number;
  };
  metadata?: { model: string; provider: string; latency: number; finishReason: string; attempts: number };
  balance?: number;
}

/** An upgrade that was answered as plain HTTP. */
export class UpgradeRefusedError extends Error {
  constructor(
    readonly status: number,
    readonly headers: Record<string, string | string[] | undefined>,
    readonly body: unknown,
  ) {
    super(`the upgrade was refused with ${status}: ${JSON.stringify(body)}`);
  }
}

export interface ConnectOptions {
  /** Instead of none. */
  protocols?: string[];
  /** Beside the token's. */
  headers?: Record<string, string>;
}

/**
 * Opens a socket.
 * @param token undefined: without an Authorization header
 * @throws UpgradeRefusedError
 */
export async function connect(
  url: string,
  token: string | undefined,
  { protocols = [], headers = {} }: ConnectOptions = {},
): Promise<SocketClient> {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const socket = new WebSocket(url, protocols, {
    headers: { ...authorization, ...headers },
    perMessageDeflate: false,
    handshakeTimeout: WITHIN_MS,
  });
  const client = new SocketClient(socket);
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
    socket.once('unexpected-response', (_request, response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        reject(new UpgradeRefusedError(response.statusCode ?? 0, response.headers, parsed(text)));
      });
    });
  });
  return client;
}

/** One WebSocket of a test: keeps every frame that came, and waits for those that are to come. */
export class SocketClient {
  /** Every frame, in the order in which they came. */
  readonly received: Frame[] = [];
  private readonly watchers = new Set<() => void>();
  private readonly closing: Promise<{ code: number; reason: string }>;
  private closedWith: number | undefined;

  constructor(readonly socket: WebSocket) {
    socket.on('message', (data: RawData) => {
      this.received.push(JSON.parse((data as Buffer).toString()) as Frame);
      this.look();
    });
    socket.on('error', () => undefined);
    this.closing = once(socket, 'close').then((event) => {
      const [code, reason] = event as [number, Buffer];
      this.closedWith = code;
      this.look();
      return { code, reason: reason.toString() };
    });
    this.closing.catch(() => undefined);
  }

  /** Sends a frame; a string is sent as it is. */
  send(frame: object | string): void {
    if (typeof frame === 'object') noteTexts(frame);
    this.socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  /** Sends a request and gives its terminal frame. */
  ask(frame: { id: string } & Record<string, unknown>, withinMs = WITHIN_MS): Promise<Frame> {
    this.send(frame);
    return this.terminal(frame.id, withinMs);
  }

  /** What came of an id so far. */
  frames(id: string): Frame[] {
    return this.received.filter((frame) => frame.id === id);
  }

  /** The text of an id's chunks so far. */
  text(id: string): string {
    return this.frames(id)
      .filter(({ type }) => type === 'chunk')
      .map(({ data }) => data)
      .join('');
  }

  /** Forgets what came of an id, so that `terminal` waits for the next one. */
  forget(id: string): void {
    this.received.splice(0, Infinity, ...this.received.filter((frame) => frame.id !== id));
  }

  /** The frame that ends an id: done, completion or error. @throws Error when it doesn't come in time */
  terminal(id: string, withinMs = WITHIN_MS): Promise<Frame> {
    return this.first(`the end of '${id}'`, (frame) => frame.id === id && TERMINAL_TYPES.has(frame.type), withinMs);
  }

  /** The first frame, of those that came and those to come, that satisfies. @throws Error when none does in time */
  first(what: string, satisfies: (frame: Frame) => boolean, withinMs = WITHIN_MS): Promise<Frame> {
    return new Promise((resolve, reject) => {
      const settle = (act: () => void) => {
        clearTimeout(timer);
        this.watchers.delete(look);
        act();
      };
      const look = () => {
        const found = this.received.find(satisfies);
        if (found) settle(() => resolve(found));
        else if (this.closedWith !== undefined) settle(() => reject(this.missing(what)));
      };
      const timer = setTimeout(() => settle(() => reject(this.missing(what))), withinMs);
      this.watchers.add(look);
      look();
    });
  }

  /** How the socket was closed, by whomever. @throws Error when it isn't in time */
  async closed(withinMs = WITHIN_MS): Promise<{ code: number; reason: string }> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`the socket was not closed within ${withinMs} ms`)), withinMs);
    });
    return Promise.race([this.closing, late]).finally(() => clearTimeout(timer));
  }

  /** Closes politely and waits for it. */
  async close(): Promise<void> {
    this.socket.close();
    await this.closing;
  }

  /** Drops the connection without a goodbye. */
  async terminate(): Promise<void> {
    this.socket.terminate();
    await this.closing;
  }

  private look(): void {
    for (const watcher of [...this.watchers]) watcher();
  }

  private missing(what: string): Error {
    const fate = this.closedWith === undefined ? 'in time' : `before the socket was closed with ${this.closedWith}`;
    return new Error(`${what} did not come ${fate}; last frames: ${JSON.stringify(this.received.slice(-3))}`);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
