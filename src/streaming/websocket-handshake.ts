import type { IncomingMessage } from 'node:http';

/** What is wrong with a handshake, and the HTTP answer that says so. */
export interface HandshakeFault {
  status: number;
  message: string;
  headers: readonly string[];
}

/** 16 bytes in base64 (RFC 6455, 4.1). */
const KEY = /^[+/0-9A-Za-z]{22}==$/;
const VERSIONS = ['13', '8'];
/** What stands before the path in the absolute form of a request target (RFC 9112, 3.2.2). */
const SCHEME_AND_HOST = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i;

/** Whether an upgrade asks for a WebSocket; any other is to be ignored (RFC 9110, 7.8). */
export function asksForWebSocket({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket';
}

/** The path of a request target, whichever form that has, without the query. */
export function pathOf({ url = '' }: IncomingMessage): string {
  return url.replace(SCHEME_AND_HOST, '').split('?', 1)[0] || '/';
}

/** Found before anybody is admitted: a handshake that can't succeed uses up no ticket. */
export function handshakeFault({ method, headers }: IncomingMessage): HandshakeFault | undefined {
  if (method !== 'GET') return { status: 405, message: 'A WebSocket is opened by GET.', headers: ['Allow: GET'] };
  if (!KEY.test(headers['sec-websocket-key'] ?? '')) {
    return { status: 400, message: 'Sec-WebSocket-Key must be 16 bytes in base64.', headers: [] };
  }
  if (!VERSIONS.includes(headers['sec-websocket-version'] ?? '')) {
    const versions = VERSIONS.join(', ');
    return {
      status: 426,
      message: `Sec-WebSocket-Version must be one of ${versions}.`,
      headers: ['Upgrade: websocket', `Sec-WebSocket-Version: ${versions}`],
    };
  }
  return undefined;
}
