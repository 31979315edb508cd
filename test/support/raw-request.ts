import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A request that is written byte by byte, as no HTTP client would. */
export class RawRequest {
  private received = '';

  private constructor(private readonly socket: Socket) {
    socket.setEncoding('utf8').on('data', (text: string) => (this.received += text));
    socket.on('error', () => undefined);
  }

  /** @param url `http://host:port` */
  static async open(url: string): Promise<RawRequest> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    return new RawRequest(socket);
  }

  /** @param line such as `POST /v1/embeddings HTTP/1.1` */
  head(line: string, headers: Record<string, string>): this {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    return this.write([line, ...lines, '', ''].join('\r\n'));
  }

  write(bytes: string | Buffer): this {
    this.socket.write(bytes);
    return this;
  }

  /** 0 where no answer has come. */
  get status(): number {
    return Number(/^HTTP\/1\.1 (\d{3})/.exec(this.received)?.[1] ?? 0);
  }

  get answer(): string {
    return this.received;
  }

  /** The other side has ended the connection. */
  get isClosed(): boolean {
    return this.socket.readableEnded || this.socket.destroyed;
  }

  close(): void {
    this.socket.destroy();
  }
}
