import { McpError } from './mcp-error.js';
import { refusalOf } from './refusal.js';
import { restUrl } from './rest-url.js';
import type { OpenSocket, SocketTarget } from './socket.js';

const SUBPROTOCOL = 'mcp.v1';
const TICKET_PATH = '/api/mcp/ws-ticket';

/** A browser's WebSocket can send no header: the token buys a ticket, and the ticket opens the socket. */
export const openBrowserSocket: OpenSocket = async (target, handlers) => {
  const ticket = await buyTicket(target);
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(target.url, [SUBPROTOCOL, `ticket.${ticket}`]);
    const abort = () => socket.close();
    target.signal.addEventListener('abort', abort);
    socket.onclose = () => {
      target.signal.removeEventListener('abort', abort);
      reject(unreachable('The socket did not open.'));
    };
    socket.onmessage = ({ data }) => handlers.onMessage(String(data));
    socket.onopen = () => {
      target.signal.removeEventListener('abort', abort);
      socket.onclose = ({ code, reason }) => handlers.onClose(code, reason);
      resolve({ send: (text) => socket.send(text), close: () => socket.close(), abandon: () => socket.close() });
    };
  });
};

async function buyTicket({ url, token, signal }: SocketTarget): Promise<string> {
  const response = await fetch(restUrl(url, TICKET_PATH), {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    signal,
  }).catch((error: unknown) => {
    throw unreachable('The network, or the server, is away.', error);
  });
  const text = await response.text().catch((error: unknown) => {
    throw unreachable('The network was lost.', error);
  });
  if (!response.ok) throw refusalOf(response.status, text, response.headers.get('retry-after'));
  return ticketOf(text);
}

function ticketOf(text: string): string {
  try {
    const { ticket } = JSON.parse(text) as { ticket?: unknown };
    if (typeof ticket === 'string') return ticket;
  } catch {
    // said below
  }
  throw new McpError('PROTOCOL', 'The server gave no ticket: this is no gateway.');
}

function unreachable(message: string, cause?: unknown): McpError {
  return new McpError('UNREACHABLE', message, { retryable: true, cause });
}
