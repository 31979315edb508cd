import type { ServerResponse } from 'node:http';

/**
 * The body of a streamed response, its chunks (RFC 9112 section 7.1) written by hand: Node makes three writes of each, which
 * cost a fifth more than one. A client of HTTP/1.0 gets no chunks, and its body ends with the connection.
 */
export class ChunkedEvents {
  private readonly isChunked: boolean;

  /** @param response whose headers were just written */
  constructor(private readonly response: ServerResponse) {
    this.isChunked = response.chunkedEncoding;
    response.chunkedEncoding = false; // ours from here on
  }

  write(text: string | Buffer, onTaken: (() => void) | undefined): void {
    const data = this.isChunked ? chunk(text) : text;
    if (onTaken) this.response.write(data, onTaken);
    else this.response.write(data);
  }

  end(): void {
    this.response.end(this.isChunked ? '0\r\n\r\n' : undefined);
  }
}

function chunk(text: string | Buffer): string | Buffer {
  if (typeof text === 'string') return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
  return Buffer.concat([Buffer.from(`${text.length.toString(16)}\r\n`), text, Buffer.from('\r\n')]);
}
