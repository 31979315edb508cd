import { Inject, Injectable } from '@nestjs/common';
import { ENVIRONMENT } from '../config/config.module.js';
import type { Environment } from '../config/environment.js';

/**
 * What memory is used for: frames that sockets have not taken, frames not logged yet, rows the log may still lose,
 * what was shown of answers that are being rescued, and the words of answers that may be given again.
 */
export type MemoryUse = 'sockets' | 'unlogged' | 'kept' | 'rescues' | 'answers';

/** Above this part of the limit slow readers are given less at a time. */
const TIGHT_SHARE = 1 / 2;
/** Below this part of it what was paused goes on. */
const RESUME_SHARE = 3 / 4;
/** Those who wait look again, in milliseconds: their answer may have been cancelled meanwhile. */
const LOOK_EVERY_MS = 250;

/**
 * What all streams of this process hold in memory, counted in characters of their frames (mostly ASCII, so bytes). Only
 * at the limit are providers kept waiting.
 */
@Injectable()
export class StreamMemory {
  private readonly used: Record<MemoryUse, number> = { sockets: 0, unlogged: 0, kept: 0, rescues: 0, answers: 0 };
  private readonly limitBytes: number;
  private usedBytes = 0;
  private waiting: (() => void)[] = [];
  private timer: NodeJS.Timeout | undefined;
  private pauseCount = 0;
  /** At the limit: nothing more is to be read from providers until much of it is free again. */
  isFull = false;
  /** Streams that wait for their socket to take what it was given. */
  slowConsumers = 0;
  /** Sockets closed since the start because they took nothing at all. */
  stuckSockets = 0;

  constructor(@Inject(ENVIRONMENT) { streams }: Pick<Environment, 'streams'>) {
    this.limitBytes = streams.memoryBytes;
  }

  /** Much is used: who is slow gets small portions. */
  get isTight(): boolean {
    return this.usedBytes >= this.limitBytes * TIGHT_SHARE;
  }

  /** What it is used for, in bytes, and what came of it; for metrics. */
  get counters() {
    const { slowConsumers, stuckSockets, pauseCount } = this;
    return { ...this.used, totalBytes: this.usedBytes, slowConsumers, stuckSockets, pauseCount };
  }

  take(use: MemoryUse, bytes: number): void {
    this.used[use] += bytes;
    this.usedBytes += bytes;
    if (this.usedBytes < this.limitBytes || this.isFull) return;
    this.isFull = true;
    this.pauseCount++;
  }

  free(use: MemoryUse, bytes: number): void {
    this.used[use] -= bytes;
    this.usedBytes -= bytes;
    if (!this.isFull || this.usedBytes > this.limitBytes * RESUME_SHARE) return;
    this.isFull = false;
    this.wake();
  }

  /** Resolves when there is room again, or after a while without: look at `isFull`. */
  room(): Promise<void> {
    this.timer ??= setTimeout(() => this.wake(), LOOK_EVERY_MS);
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  private wake(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { waiting } = this;
    this.waiting = [];
    for (const resolve of waiting) resolve();
  }
}
