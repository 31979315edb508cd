import { Readable } from 'node:stream';
import type { Connection, Submittable } from 'pg';

/** What a `COPY … TO STDOUT` gives, as a stream of bytes; `client.query(new CopyOut(sql))` begins it. */
export class CopyOut extends Readable implements Submittable {
  /** Known at the end. */
  rows = 0;
  private connection: Connection | undefined;

  constructor(private readonly sql: string) {
    super();
  }

  // ---- what the driver calls -------------------------------------------------------------------

  submit(connection: Connection): void {
    this.connection = connection;
    connection.query(this.sql);
  }

  handleCopyData({ chunk }: { chunk: Buffer }): void {
    // The driver writes the next messages where this one lies.
    if (!this.push(Buffer.from(chunk))) this.connection?.stream.pause();
  }

  handleCommandComplete({ text }: { text: string }): void {
    this.rows = copiedRows(text);
  }

  handleReadyForQuery(): void {
    this.push(null);
  }

  handleError(error: Error): void {
    this.destroy(error);
  }

  // ---- what the reader asks for ----------------------------------------------------------------

  override _read(): void {
    this.connection?.stream.resume();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.connection?.stream.resume(); // the rest is thrown away, so that the connection can be used or ended
    done(error);
  }
}

/** Of a command tag: 'COPY 12'. */
export function copiedRows(tag: string): number {
  return Number(/^COPY (\d+)$/.exec(tag)?.[1] ?? 0);
}
