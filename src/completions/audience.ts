import type { GatewayError } from '../common/errors/gateway-error.js';
import type { LoggedFrames } from '../billing/ledger/stream-log.js';
import type { StreamWatcher } from './completion-request.js';

interface Seat {
  watcher: StreamWatcher;
  /** The last seq that it has. */
  seen: number;
  /** Live frames that came while it still reads the log; undefined: it has caught up. */
  backlog: { firstSeq: number; frames: readonly string[] }[] | undefined;
}

/**
 * Who watches one stream. Whoever joins late reads the log first; what goes out live meanwhile waits for it, so that
 * everyone gets every frame once, in order.
 */
export class Audience {
  private readonly seats = new Map<StreamWatcher, Seat>();
  private hasEnded = false;

  /** @param onChange is told when the last watcher leaves (false) and when one comes (true) */
  constructor(private readonly onChange: (isWatched: boolean) => void) {}

  /** Watches from the very beginning, before any frame went out. */
  joinAtStart(watcher: StreamWatcher): void {
    this.seat({ watcher, seen: 0, backlog: undefined });
  }

  /**
   * Watches from `afterSeq` on.
   * @param readLog brings what is logged after a seq; called once, after the watcher is seated
   */
  async join(watcher: StreamWatcher, afterSeq: number, readLog: () => Promise<LoggedFrames[]>): Promise<void> {
    const seat: Seat = { watcher, seen: afterSeq, backlog: [] };
    this.seat(seat);
    try {
      for (const row of await readLog()) this.show(seat, row.firstSeq, row.frames.split('\n'));
      for (const { firstSeq, frames } of seat.backlog ?? []) this.show(seat, firstSeq, frames);
      seat.backlog = undefined;
      if (this.hasEnded) this.dismiss(seat);
    } catch (error) {
      this.leave(watcher);
      throw error;
    }
  }

  leave(watcher: StreamWatcher): void {
    if (this.seats.delete(watcher) && this.seats.size === 0) this.onChange(false);
  }

  /** Frames that are logged now. */
  deliver(firstSeq: number, frames: readonly string[]): void {
    for (const seat of this.seats.values()) {
      if (seat.backlog) seat.backlog.push({ firstSeq, frames });
      else this.show(seat, firstSeq, frames);
    }
  }

  /** The terminal frame went out. Who still reads the log gets it from there or from the backlog, and ends after it. */
  end(): void {
    this.hasEnded = true;
    for (const seat of this.seats.values()) if (!seat.backlog) this.dismiss(seat);
  }

  /** Nobody can be shown the end. */
  fail(error: GatewayError): void {
    for (const { watcher } of this.seats.values()) watcher.fail(error);
    this.seats.clear();
  }

  private dismiss({ watcher }: Seat): void {
    this.seats.delete(watcher);
    watcher.end();
  }

  private seat(seat: Seat): void {
    this.seats.set(seat.watcher, seat);
    this.onChange(true);
  }

  private show(seat: Seat, firstSeq: number, frames: readonly string[]): void {
    const skipped = Math.max(0, seat.seen + 1 - firstSeq);
    if (skipped >= frames.length) return;
    seat.seen = firstSeq + frames.length - 1;
    seat.watcher.deliver(skipped === 0 ? frames : frames.slice(skipped));
  }
}
