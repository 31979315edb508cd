import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { StreamKey } from '../billing/ledger/ledger-operations.js';
import { StreamLog, type LoggedFrames } from '../billing/ledger/stream-log.js';
import { unseenFrames } from './unseen-frames.js';
import type { StreamWatcher } from './completion-request.js';

/** How often the log of other nodes' streams is read, in one query for all of them. */
const POLL_MS = 40;
/** After a read that failed. */
const POLL_AFTER_TROUBLE_MS = 1_000;

interface Followed {
  key: StreamKey;
  watcher: StreamWatcher;
  afterSeq: number;
}

/** Shows streams that another node writes: it reads the log until the terminal frame is there. */
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
      void this.poll().then((nextMs) => {
        this.timer = undefined;
        this.schedule(nextMs);
      });
    }, pauseMs);
  }

  /** @returns when to look again, in milliseconds */
  private async poll(): Promise<number> {
    const entries = [...this.followed];
    try {
      const rows = await this.log.readMany(entries.map(({ key, afterSeq }) => ({ ...key, afterSeq })));
      for (const row of rows) this.show(entries[row.index]!, row);
      return POLL_MS;
    } catch (error) {
      this.logger.warn(`The log could not be read: ${(error as Error).message}`);
      return POLL_AFTER_TROUBLE_MS;
    }
  }

  private show(entry: Followed, row: LoggedFrames): void {
    if (!this.followed.has(entry)) return;
    const unseen = unseenFrames([row], entry.afterSeq);
    entry.afterSeq = Math.max(entry.afterSeq, row.lastSeq);
    if (unseen.length > 0) entry.watcher.deliver(unseen);
    if (!row.isTerminal) return;
    this.followed.delete(entry);
    entry.watcher.end();
  }
}
