import { Writable } from 'node:stream';
import type { Connection, Submittable } from 'pg';
import { copiedRows } from './copy-out.js';

/** What @types/pg does not tell of the driver's connection. */
interface CopyConnection extends Connection {
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
  sendCopyFail(message: string): void;
}
type Done = (error?: Error | null) => void;

/** Takes the bytes of a `COPY … FROM STDIN`; `client.query(new CopyIn(sql))` begins it. It is finished when the server is. */
export class CopyIn extends Writable implements Submittable {
  /** Known at the end. */
  rows = 0;
  private connection: CopyConnection | undefined;
  private isReady = false;
  private isOver = false;
  /** What waits for the server to be ready. */
  private waiting: (() => void) | undefined;
  private finished: Done | undefined;

  constructor(private readonly sql: string) {
    super();
  }

  // ---- what the driver calls -------------------------------------------------------------------

  submit(connection: Connection): void {
    this.connection = connection as CopyConnection;
    connection.query(this.sql);
  }

  handleCopyInResponse(): void {
    this.isReady = true;
    if (this.destroyed) this.breakOff();
    else this.waiting?.();
  }

  handleCommandComplete({ text }: { text: string }): void {
    this.rows = copiedRows(text);
  }

  handleReadyForQuery(): void {
    this.isOver = true;
    this.finished?.();
  }

  handleError(error: Error): void {
    this.isOver = true;
    this.destroy(error);
  }

  // ---- what the writer gives -------------------------------------------------------------------

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
    this.whenReady((connection) => {
      connection.sendCopyFromChunk(chunk);
      if (connection.stream.writableNeedDrain) connection.stream.once('drain', () => done());
      else done();
    });
  }

  override _final(done: Done): void {
    this.whenReady((connection) => {
      this.finished = done;
      connection.endCopyFrom();
    });
  }

  /** Whoever stops before the end wants nothing of it: the server is told to forget what it got. */
  override _destroy(error: Error | null, done: Done): void {
    if (this.isReady && !this.isOver) this.breakOff();
    done(error);
  }

  private breakOff(): void {
    this.connection?.sendCopyFail('the copy was broken off');
  }

  private whenReady(work: (connection: CopyConnection) => void): void {
    const go = () => work(this.connection!);
    if (this.isReady) go();
    else this.waiting = go;
  }
}
