import type { Socket } from 'node:net';
import type { Trouble } from './tcp-link.js';

/** One direction of a connection: takes bytes no faster than they can be passed on. */
export class Lane {
  private readonly waiting: { bytes: Buffer; dueMs: number }[] = [];
  private timer: NodeJS.Timeout | undefined;
  private isBlocked = false;
  private isFull = false;
  private delayMs = 0;

  constructor(
    private readonly from: Socket,
    private readonly to: Socket,
  ) {
    from.on('data', (bytes) => this.take(bytes));
    from.on('error', () => undefined);
    from.once('close', (hadError) => this.ended(hadError));
    to.on('drain', () => {
      this.isFull = false;
      this.update();
    });
  }

  set(trouble: Trouble): void {
    this.isBlocked = trouble.kind === 'blackhole';
    this.delayMs = trouble.kind === 'delay' ? trouble.delayMs : 0;
    this.update();
    this.pass();
  }

  destroy(): void {
    clearTimeout(this.timer);
    this.from.resetAndDestroy();
  }

  private take(bytes: Buffer): void {
    const dueMs = Math.max(performance.now() + this.delayMs, this.waiting.at(-1)?.dueMs ?? 0);
    this.waiting.push({ bytes, dueMs });
    this.pass();
  }

  private pass(): void {
    clearTimeout(this.timer);
    const nowMs = performance.now();
    while (!this.isBlocked && this.waiting[0] && this.waiting[0].dueMs <= nowMs) {
      const { bytes } = this.waiting.shift()!;
      if (!this.to.destroyed && !this.to.write(bytes)) this.isFull = true;
    }
    this.update();
    const [next] = this.waiting;
    if (next && !this.isBlocked) this.timer = setTimeout(() => this.pass(), Math.ceil(next.dueMs - nowMs));
  }

  private update(): void {
    if (this.isBlocked || this.isFull) this.from.pause();
    else this.from.resume();
  }

  /** What is under way still arrives, unless the connection was broken. */
  private ended(hadError: boolean): void {
    if (hadError || this.isBlocked) this.to.resetAndDestroy();
    else {
      for (const { bytes } of this.waiting) if (!this.to.destroyed) this.to.write(bytes);
      this.to.end();
    }
    clearTimeout(this.timer);
  }
}
