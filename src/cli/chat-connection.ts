import type { IncomingMessage } from 'node:http';
import { WebSocket, type RawData } from 'ws';
import { ChatError, type ServerFrame } from './chat-frames.js';

const HANDSHAKE_TIMEOUT_MS = 10_000;
const SERVICE_UNAVAILABLE = 503;

export interface ChatConnection {
  send(frame: object): void;
  close(): void;
}

export interface ChatListener {
  onFrame(frame: ServerFrame): void;
  /** A connection that was open is gone; one that never opened rejects `openConnection` instead. */
  onLost(reason: string): void;
}

/** Nobody answers there, or whoever does can't for now. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
}

/**
 * Opens a socket.
 * @throws UnreachableError; ChatError where the server refuses the connection
 */
export function openConnection(url: string, token: string, listener: ChatListener): Promise<ChatConnection> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}` };
    const socket = new WebSocket(url, { headers, handshakeTimeout: HANDSHAKE_TIMEOUT_MS, perMessageDeflate: false });
    socket.once('unexpected-response', (_request, response) => void refusal(response).then(reject));
    socket.on('error', (error: NodeJS.ErrnoException) => reject(new UnreachableError(error.code ?? error.message)));
    socket.once('open', () => {
      socket.on('close', (code, reason) => listener.onLost(`${code} ${reason.toString()}`.trim()));
      resolve({ send: (frame) => socket.send(JSON.stringify(frame)), close: () => socket.close() });
    });
    socket.on('message', (data: RawData) => {
      const frame = parsed((data as Buffer).toString());
      if (frame) listener.onFrame(frame);
      else socket.close();
    });
  });
}

/** Undefined where something else than a gateway talks. */
function parsed(text: string): ServerFrame | undefined {
  try {
    return JSON.parse(text) as ServerFrame;
  } catch {
    return undefined;
  }
}

/** The gateway refuses an upgrade with the body that every REST error has; a proxy before it, with anything. */
async function refusal(response: IncomingMessage): Promise<Error> {
  const status = response.statusCode ?? 0;
  const text = Buffer.concat((await response.toArray()) as Buffer[]).toString();
  if (status === SERVICE_UNAVAILABLE) return new UnreachableError(`HTTP ${status}`);
  try {
    const { error } = JSON.parse(text) as { error: { code: string; message: string } };
    return new ChatError(error.code, error.message);
  } catch {
    return new ChatError(`HTTP ${status}`, 'this is no gateway, or something before it refuses the connection');
  }
}
