import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { GatewayError } from '../common/errors/gateway-error.js';
import { refusalHeaders } from '../common/http/rate-limit-headers.js';

/**
 * Answers a refused upgrade as plain HTTP, with the body that every REST error has, and ends the connection.
 * @param answer where HTTP has a status of its own for the fault, and headers that go with it
 */
export function refuseUpgrade(
  socket: Duplex,
  error: GatewayError,
  answer: { status?: number; headers?: readonly string[] } = {},
): void {
  if (socket.destroyed) return;
  const { retryable: _, ...body } = error.toBody();
  const text = JSON.stringify({ error: body });
  const status = answer.status ?? error.httpStatus;
  const headers = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(text)}`,
    'Cache-Control: no-store',
    'Connection: close',
    ...(answer.headers ?? []),
    ...(error.code === 'UNAUTHORIZED' ? ['WWW-Authenticate: Bearer'] : []),
    ...(error.retryAfterMs === undefined ? [] : [`Retry-After: ${Math.ceil(error.retryAfterMs / 1_000)}`]),
    ...Object.entries(refusalHeaders(error)).map(([name, value]) => `${name}: ${value}`),
  ];
  socket.end(`${headers.join('\r\n')}\r\n\r\n${text}`);
}
