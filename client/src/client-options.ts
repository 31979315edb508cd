import type { ConnectionOptions, ConnectionStatus } from './connection-owner.js';
import type { AnswerStorage } from './storage.js';
import type { TokenProvider } from './token-source.js';

export interface McpClientOptions {
  /** Where the server is: `https://host`, `wss://host/mcp`, or several, tried one after the other. */
  url: string | readonly string[];
  /** A JWT, or a function that gives one and is asked again when it has expired. */
  token: TokenProvider;
  /** Where answers under way survive a reload. Absent: nowhere. Prompts are kept in it, too. */
  storage?: AnswerStorage;
  /** Without a connection, or refused for now, for so long: give up. Default 5 minutes. */
  patienceMs?: number;
  /** Pauses between tries: up to `baseMs` (250), then up to twice that, and so on to `mostMs` (15,000). */
  reconnect?: { baseMs?: number; mostMs?: number };
  /** Nothing came for so long while something is outstanding: the connection is probed. Default 15 s. */
  silenceMs?: number;
  /** No sign of life so long after a probe: the connection is given up. Default 5 s. */
  signWithinMs?: number;
  /** Most time for token, ticket and handshake. Default 10 s. */
  openWithinMs?: number;
  /** A socket that nothing needs is closed after this time; Infinity keeps it. Default 1 minute. */
  idleCloseMs?: number;
  /** How often a growing answer is written to the storage. Default 500 ms. */
  saveEveryMs?: number;
  /** For a person: connected, waiting, why. */
  onStatus?: (status: ConnectionStatus) => void;
  /** The storage failed (it is full, for instance). Answers go on without it. */
  onStorageFault?: (error: unknown) => void;
}

const DEFAULTS = {
  patienceMs: 5 * 60_000,
  baseMs: 250,
  mostMs: 15_000,
  silenceMs: 15_000,
  signWithinMs: 5_000,
  openWithinMs: 10_000,
  idleCloseMs: 60_000,
  saveEveryMs: 500,
};

export interface Settings {
  connection: ConnectionOptions;
  patienceMs: number;
  saveEveryMs: number;
}

/** @throws TypeError where a URL is none */
export function settingsOf(options: McpClientOptions): Settings {
  const { reconnect, url, ...rest } = options;
  const { baseMs, mostMs, silenceMs, signWithinMs, openWithinMs, idleCloseMs, patienceMs, saveEveryMs } = {
    ...DEFAULTS,
    ...defined(reconnect ?? {}),
    ...defined(rest),
  };
  const urls = (typeof url === 'string' ? [url] : url).map(socketUrl);
  if (urls.length === 0) throw new TypeError('url is empty; give at least one.');
  const backoff = { baseMs, mostMs };
  return {
    connection: { urls, backoff, liveness: { silenceMs, signWithinMs }, openWithinMs, idleCloseMs },
    patienceMs,
    saveEveryMs,
  };
}

const SOCKET_PROTOCOLS: Record<string, string> = { 'http:': 'ws:', 'https:': 'wss:', 'ws:': 'ws:', 'wss:': 'wss:' };

/** `https://host` is where the server is; its socket is at `wss://host/mcp`. */
function socketUrl(text: string): string {
  const [scheme = ''] = /^[a-z]+:/.exec(text) ?? [];
  const protocol = SOCKET_PROTOCOLS[scheme];
  if (!protocol || !URL.canParse(text))
    throw new TypeError(`url is '${text}'; give one that begins with https://, http://, wss:// or ws://.`);
  const url = new URL(protocol + text.slice(scheme.length));
  if (url.pathname === '/') url.pathname = '/mcp';
  return url.href;
}

function defined<T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}
