import { setTimeout as delay } from 'node:timers/promises';
import { GatewayError } from '../common/errors/gateway-error.js';
import type { StreamWatcher } from './completion-request.js';
import { PAGE_BYTES, Seat, type ReadPage } from './seat.js';

/** How long to wait for frames that a killed database has lost and that are being logged again, in milliseconds. */
const PAUSE_FOR_REPAIR_MS = 200;

/**
 * Who watches one stream that runs here. Who keeps up is shown what goes out as it goes out. Who does not, or comes late,
 * reads on by itself, page by page as its socket takes them, until it has caught up; the stream waits for nobody.
 */
export class Audience {
  private readonly seats = new Map<StreamWatcher, Seat>();
  private lastSeq = 0;
  private hasEnded = false;
  private failure: GatewayError | undefined;

  /**
   * @param readPage reads the stream for those who are behind
   * @param onChange is told when the last watcher leaves (false) and when one comes (true)
   */
  constructor(
    private readonly readPage: ReadPage,
    private readonly onChange: (isWatched: boolean) => void,
  ) {}

  get isWatched(): boolean {
    return this.seats.size > 0;
  }

  /** Watches from `afterSeq` on. */
  join(watcher: StreamWatcher, afterSeq: number): void {
    if (this.failure) return watcher.fail(this.failure);
    const seat = new Seat(watcher, afterSeq);
    this.seats.set(watcher, seat);
    this.onChange(true);
    if (this.hasEnded || afterSeq < this.lastSeq) void this.catchUp(seat);
  }

  leave(watcher: StreamWatcher): void {
    const seat = this.seats.get(watcher);
    if (!seat) return;
    seat.isGone = true;
    this.seats.delete(watcher);
    if (this.seats.size === 0 && !this.hasEnded) this.onChange(false);
  }

  /** Frames that are logged now. */
  deliver(firstSeq: number, frames: readonly string[]): void {
    this.lastSeq = firstSeq + frames.length - 1;
    for (const seat of this.seats.values()) {
      if (seat.isBehind) continue;
      if (seat.watcher.isFull) void this.catchUp(seat);
      else seat.show(firstSeq, frames);
    }
  }

  /** The terminal frame went out. Who is behind finds it in the log. */
  end(): void {
    this.hasEnded = true;
    for (const seat of this.seats.values()) if (!seat.isBehind) this.dismiss(seat);
  }

  /** The end is in the log, or will be by another hand: everybody reads it there. */
  endByLog(): void {
    this.hasEnded = true;
    for (const seat of this.seats.values()) if (!seat.isBehind) void this.catchUp(seat);
  }

  /** Nobody can be shown the end. */
  fail(error: GatewayError): void {
    this.failure = error;
    for (const seat of this.seats.values()) seat.fail(error);
    this.seats.clear();
  }

  private async catchUp(seat: Seat): Promise<void> {
    seat.isBehind = true;
    for (;;) {
      const page = await seat.readOn(this.readPage, PAGE_BYTES);
      if (!page) break;
      if (!this.hasEnded && seat.seen >= this.lastSeq) {
        seat.isBehind = false; // nothing was awaited since the page was shown: what comes next is the next frame
        return;
      }
      if (page.rows.length > 0) continue;
      if (page.isEnded) seat.fail(outOfReach());
      else await delay(PAUSE_FOR_REPAIR_MS, undefined, { ref: false });
    }
    if (seat.isGone) this.seats.delete(seat.watcher);
  }

  private dismiss(seat: Seat): void {
    this.seats.delete(seat.watcher);
    seat.end();
  }
}

function outOfReach(): GatewayError {
  return new GatewayError('UNAVAILABLE', 'The rest of this answer can not be read here; ask for it again by its id.');
}
