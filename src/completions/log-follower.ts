import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import type { StreamKey } from '../billing/ledger/ledger-operations.js';
import { StreamLog } from '../billing/ledger/stream-log.js';
import { GatewayError } from '../common/errors/gateway-error.js';
import type { StreamWatcher } from './completion-request.js';
import { replayExpired } from './replay-expired.js';
import { PAGE_BYTES, Seat } from './seat.js';

/** How often a stream with news is looked at, in milliseconds; one without less and less often. */
const SHORTEST_PAUSE_MS = 40;
const LONGEST_PAUSE_MS = 500;
const SLOWING_DOWN = 1.5;
/** What one look may bring, so that many streams of a socket can be looked at together; then whole pages. */
const LOOK_BYTES = 16 * 1024;

/**
 * Shows streams from the log alone: those that have ended, and those that another node writes, until their terminal frame
 * is there. All looks of one moment go into one query; a watcher that takes nothing is not looked for.
 */
@Injectable()
export class LogFollower implements OnApplicationShutdown {
  private readonly seats = new Set<Seat>();

  constructor(@Inject(StreamLog) private readonly log: StreamLog) {}

  /** @returns what ends the watching */
  follow(key: StreamKey, watcher: StreamWatcher, afterSeq: number): () => void {
    const seat = new Seat(watcher, afterSeq);
    this.seats.add(seat);
    void this.show(key, seat).finally(() => this.seats.delete(seat));
    return () => {
      seat.isGone = true;
    };
  }

  onApplicationShutdown(): void {
    for (const seat of this.seats) seat.isGone = true;
  }

  private async show(key: StreamKey, seat: Seat): Promise<void> {
    const read = (afterSeq: number, bytes: number) => this.log.readPage(key, afterSeq, bytes);
    let pauseMs = SHORTEST_PAUSE_MS;
    let bytes = LOOK_BYTES;
    for (;;) {
      const page = await seat.readOn(read, bytes);
      if (!page) return;
      if (page.isEnded && page.rows.length === 0) return this.expire(key, seat);
      bytes = page.isCut ? PAGE_BYTES : LOOK_BYTES;
      if (page.isCut) continue;
      pauseMs = page.rows.length > 0 ? SHORTEST_PAUSE_MS : Math.min(pauseMs * SLOWING_DOWN, LONGEST_PAUSE_MS);
      await delay(untilNextLook(pauseMs), undefined, { ref: false });
    }
  }

  /** It has ended, and its frames are gone. */
  private async expire(key: StreamKey, seat: Seat): Promise<void> {
    const stored = await this.log.find(key).catch(() => undefined);
    if (seat.isGone) return;
    seat.fail(stored ? replayExpired(stored) : new GatewayError('RESUME_EXPIRED', 'The answer can no longer be read.'));
  }
}

/** Looks fall on common moments, so that they can share a query. */
function untilNextLook(pauseMs: number): number {
  const nowMs = performance.now();
  return Math.ceil((nowMs + pauseMs) / SHORTEST_PAUSE_MS) * SHORTEST_PAUSE_MS - nowMs;
}
