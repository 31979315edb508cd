import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { GatewayError } from '../common/errors/gateway-error.js';

/** Answers a refused upgrade as plain HTTP, with the body that every REST error has, and ends the connection. */
export function refuseUpgrade(socket: Duplex, error: GatewayError): void {
  if (socket.destroyed) return;
  const { retryable: _, ...body } = error.toBody();
  const text = JSON.stringify({ error: body });
  const headers = [
    `HTTP/1.1 ${error.httpStatus} ${STATUS_CODES[error.httpStatus] ?? ''}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(text)}`,
    'Cache-Control: no-store',
    'Connection: close',
    ...(error.code === 'UNAUTHORIZED' ? ['WWW-Authenticate: Bearer'] : []),
    ...(error.retryAfterMs === undefined ? [] : [`Retry-After: ${Math.ceil(error.retryAfterMs / 1_000)}`]),
  ];
  socket.end(`${headers.join('\r\n')}\r\n\r\n${text}`);
}
