import type { AuditRow } from './audit-event.js';

export interface EventBufferOptions {
  write: (rows: readonly AuditRow[]) => Promise<void>;
  /** Told once per failed or overflown flush. */
  log: (line: string) => void;
  /** Most rows that wait; what comes above is dropped and counted. */
  capacity?: number;
  /** Most rows of one statement. */
  maximumBatch?: number;
  /** How long the first row of a batch waits for others, and a failed batch for its next try, in milliseconds. */
  pauseMs?: number;
}

/** Rows that are written in the background. While the database is away they wait; memory stays bounded. */
export class EventBuffer {
  private readonly options: Required<EventBufferOptions>;
  private rows: AuditRow[] = [];
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> | undefined;
  private droppedRows = 0;
  private unreported = 0;

  constructor(options: EventBufferOptions) {
    this.options = { capacity: 10_000, maximumBatch: 500, pauseMs: 250, ...options };
  }

  /** How many rows were dropped since the start. */
  get dropped(): number {
    return this.droppedRows;
  }

  get waiting(): number {
    return this.rows.length;
  }

  add(row: AuditRow): void {
    if (this.rows.length >= this.options.capacity) return this.drop(1);
    this.rows.push(row);
    this.schedule();
  }

  /** Writes what waits. What can't be written now stays and is tried again later. */
  flush(): Promise<void> {
    this.writing ??= this.writeAll().finally(() => {
      this.writing = undefined;
      if (this.rows.length > 0) this.schedule();
    });
    return this.writing;
  }

  /** Writes what waits, once and for all; what can't be written is dropped and told. */
  async close(): Promise<void> {
    await this.writing;
    await this.flush();
    clearTimeout(this.timer);
    this.drop(this.rows.splice(0).length);
    this.report();
  }

  private schedule(): void {
    if (this.timer || this.writing) return;
    this.timer = setTimeout(() => void this.flush(), this.options.pauseMs);
    this.timer.unref();
  }

  private async writeAll(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.report();
    try {
      while (this.rows.length > 0) {
        const batch = this.rows.slice(0, this.options.maximumBatch);
        await this.writeBatch(batch);
        this.rows.splice(0, batch.length);
      }
    } catch (error) {
      this.options.log(`${this.rows.length} audit events wait for the database: ${(error as Error).message}`);
    }
  }

  /** A batch that fails for its data is written row by row, so that one bad row is lost alone. */
  private async writeBatch(batch: AuditRow[]): Promise<void> {
    try {
      await this.options.write(batch);
    } catch (error) {
      if (!isAboutData(error)) throw error;
      if (batch.length === 1) return this.drop(1);
      for (const row of batch) await this.writeBatch([row]);
    }
  }

  private drop(count: number): void {
    this.droppedRows += count;
    this.unreported += count;
  }

  private report(): void {
    if (this.unreported > 0) this.options.log(`${this.unreported} audit events were dropped`);
    this.unreported = 0;
  }
}

/** SQLSTATE classes 22 (data exception) and 23 (constraint violation): the same row would fail again. */
function isAboutData(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /^2[23]/.test(code);
}
