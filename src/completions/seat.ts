import { Logger } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import type { LoggedFrames, LogPage } from '../billing/ledger/stream-log.js';
import { GatewayError } from '../common/errors/gateway-error.js';
import { isPassingTrouble } from '../database/passing-trouble.js';
import type { StreamWatcher } from './completion-request.js';

/** Reads what follows a seq, about as many bytes of it. */
export type ReadPage = (afterSeq: number, bytes: number) => LogPage | Promise<LogPage>;

/** How much is read of the log at once; a single row may be larger. */
export const PAGE_BYTES = 128 * 1024;
/** After a read that failed, in milliseconds. */
const PAUSE_AFTER_TROUBLE_MS = 1_000;
const NOTHING: LogPage = { rows: [], isCut: false, isEnded: false };

/** Where one watcher stands in one stream. It is shown every frame once, in order, wherever the frames come from. */
export class Seat {
  private static readonly logger = new Logger(Seat.name);
  /** It has not taken what it was given, or came late: it reads the log instead of what goes out live. */
  isBehind = false;
  /** The watcher has left, or has been shown the end. */
  isGone = false;

  /** @param seen the last seq that the watcher has */
  constructor(
    readonly watcher: StreamWatcher,
    public seen: number,
  ) {}

  /** Shows what is new of consecutive frames. */
  show(firstSeq: number, frames: readonly string[]): void {
    const skipped = Math.max(0, this.seen + 1 - firstSeq);
    if (skipped >= frames.length) return;
    this.seen = firstSeq + frames.length - 1;
    this.watcher.deliver(skipped === 0 ? frames : frames.slice(skipped));
  }

  /**
   * Shows the next page as soon as the watcher has room for it.
   * @param bytes how large it may be
   * @returns the page, empty where the database is in trouble; undefined: the watcher has gone or was told the end
   */
  async readOn(read: ReadPage, bytes: number): Promise<LogPage | undefined> {
    const room = await this.watcher.room(bytes);
    if (room === 0 || this.isGone) return undefined;
    const page = await this.read(read, room);
    if (!page || this.isGone) return undefined;
    this.watcher.deliver(page.rows.flatMap((row) => this.unseen(row)));
    if (!page.rows.at(-1)?.isTerminal) return page;
    this.end();
    return undefined;
  }

  /** Nothing follows. */
  end(): void {
    this.isGone = true;
    this.watcher.end();
  }

  fail(error: GatewayError): void {
    this.isGone = true;
    this.watcher.fail(error);
  }

  private async read(read: ReadPage, bytes: number): Promise<LogPage | undefined> {
    try {
      return await read(this.seen, bytes);
    } catch (error) {
      if (this.isGone) return undefined;
      Seat.logger.warn(`The log could not be read: ${(error as Error).message}`);
      if (isPassingTrouble(error)) return delay(PAUSE_AFTER_TROUBLE_MS, NOTHING, { ref: false });
      this.fail(GatewayError.from(error));
      return undefined;
    }
  }

  /** The terminal frame is shown in any case: a client may be ahead of a log whose database was killed. */
  private unseen({ firstSeq, lastSeq, frames, isTerminal }: LoggedFrames): string[] {
    const all = frames.split('\n');
    const unseen = isTerminal ? all : all.slice(Math.max(0, this.seen + 1 - firstSeq));
    this.seen = Math.max(this.seen, lastSeq);
    return unseen;
  }
}
