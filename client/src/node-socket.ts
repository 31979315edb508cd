import type { IncomingMessage } from 'node:http';
import { WebSocket, type RawData } from 'ws';
import { McpError } from './mcp-error.js';
import { refusalOf } from './refusal.js';
import type { OpenSocket } from './socket.js';

/** Node's WebSocket sends the token as a header, and hears why it is refused. */
export const openNodeSocket: OpenSocket = ({ url, token, signal }, handlers) =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { headers: { authorization: `Bearer ${token}` }, perMessageDeflate: false });
    const abort = () => socket.terminate();
    signal.addEventListener('abort', abort);
    socket.once('unexpected-response', (_request, response) => {
      bodyOf(response).then(
        (text) => reject(refusalOf(response.statusCode ?? 0, text, response.headers['retry-after'])),
        (error: unknown) => reject(unreachable(error)),
      );
    });
    socket.on('error', (error) => reject(unreachable(error)));
    socket.on('close', () => signal.removeEventListener('abort', abort));
    socket.once('open', () => {
      signal.removeEventListener('abort', abort);
      socket.on('message', (data: RawData) => handlers.onMessage((data as Buffer).toString()));
      socket.on('close', (code, reason) => handlers.onClose(code, reason.toString()));
      resolve({
        send: (text) => socket.send(text),
        close: () => socket.close(),
        abandon: () => socket.terminate(),
      });
    });
  });

async function bodyOf(response: IncomingMessage): Promise<string> {
  return Buffer.concat((await response.toArray()) as Buffer[]).toString();
}

function unreachable(error: unknown): McpError {
  const { code, message } = error as NodeJS.ErrnoException;
  return new McpError('UNREACHABLE', code ?? message, { retryable: true, cause: error });
}
