import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { StreamKey } from '../billing/ledger/ledger-operations.js';
import { StreamLog } from '../billing/ledger/stream-log.js';
import type { StreamWatcher } from './completion-request.js';

/** How often the log of other nodes' streams is read, in one query for all of them. */
const POLL_MS = 40;

interface Followed {
  key: StreamKey;
  watcher: StreamWatcher;
  afterSeq: number;
}

/** Shows streams that another node writes, or that have ended: it reads the log until the terminal frame is there. */
@Injectable()
export class LogFollower implements OnApplicationShutdown {
  private readonly logger = new Logger(LogFollower.name);
  private readonly followed = new Set<Followed>();
  private timer: NodeJS.Timeout | undefined;
  private isStopped = false;

  constructor(@Inject(StreamLog) private readonly log: StreamLog) {}

  /** @returns what ends the watching */
  follow(key: StreamKey, watcher: StreamWatcher, afterSeq: number): () => void {
    const entry = { key, watcher, afterSeq };
    this.followed.add(entry);
    this.schedule(0);
    return () => this.followed.delete(entry);
  }

  onApplicationShutdown(): void {
    this.isStopped = true;
    clearTimeout(this.timer);
    this.followed.clear();
  }

  private schedule(pauseMs: number): void {
    if (this.timer || this.isStopped || this.followed.size === 0) return;
    this.timer = setTimeout(() => {
      void this.poll().finally(() => {
        this.timer = undefined;
        this.schedule(POLL_MS);
      });
    }, pauseMs);
  }

  private async poll(): Promise<void> {
    const entries = [...this.followed];
    try {
      const rows = await this.log.readMany(entries.map(({ key, afterSeq }) => ({ ...key, afterSeq })));
      for (const row of rows) this.show(entries[row.index]!, row.firstSeq, row.frames.split('\n'), row.isTerminal);
    } catch (error) {
      this.logger.warn(`The log could not be read: ${(error as Error).message}`);
    }
  }

  private show(entry: Followed, firstSeq: number, frames: string[], isTerminal: boolean): void {
    if (!this.followed.has(entry)) return;
    const lastSeq = firstSeq + frames.length - 1;
    // A client may be ahead of a log whose database was killed: it still gets the terminal frame.
    const unseen = isTerminal ? frames : frames.slice(Math.max(0, entry.afterSeq + 1 - firstSeq));
    entry.afterSeq = Math.max(entry.afterSeq, lastSeq);
    if (unseen.length > 0) entry.watcher.deliver(unseen);
    if (!isTerminal) return;
    this.followed.delete(entry);
    entry.watcher.end();
  }
}
