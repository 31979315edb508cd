import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';

/** What is between the client and the next hop alone, and about the upgrade. */
const LEFT_OUT = new Set(['connection', 'upgrade', 'http2-settings']);

/**
 * Has a request served as if it asked for no upgrade. Node has let go of the connection by now: it gets it back as a new
 * one that begins with the same request, and is closed after the answer.
 * @param head what was read of the connection behind the request's headers: its body
 */
export function ignoreUpgrade(server: Server, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  const { method, url, httpVersion, rawHeaders } = request;
  const lines = [`${method} ${url} HTTP/${httpVersion}`, 'Connection: close'];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (!LEFT_OUT.has(rawHeaders[index]!.toLowerCase())) lines.push(`${rawHeaders[index]}: ${rawHeaders[index + 1]}`);
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  server.emit('connection', socket);
}
