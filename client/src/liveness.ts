/** A clock that a test can hold. */
export type Now = () => number;

export interface LivenessOptions {
  /** Nothing came for so long: ask the server for a sign of life. */
  silenceMs: number;
  /** No sign came for so long after that: the connection is dead. */
  signWithinMs: number;
}

/**
 * Finds out that a connection is dead though nothing says so: a browser shows no pings, and a network that swallows
 * everything closes nothing. After a sleep of the machine it asks first, too.
 */
export class Liveness {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private heardMs = 0;
  private askedMs: number | undefined;

  constructor(
    private readonly options: LivenessOptions,
    /** Sends something that is always answered. */
    private readonly ask: () => void,
    private readonly onDead: () => void,
    private readonly now: Now = () => performance.now(),
  ) {}

  /** For a new connection call `heard` first; one that was silent for long is asked at once. */
  start(): void {
    this.watch();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.askedMs = undefined;
  }

  /** Something came. */
  heard(): void {
    this.heardMs = this.now();
    this.askedMs = undefined;
  }

  /** Asks now: there is reason for doubt. */
  doubt(): void {
    if (this.timer === undefined || this.askedMs !== undefined) return;
    this.askNow();
    this.watch();
  }

  private askNow(): void {
    this.askedMs = this.now();
    this.ask();
  }

  private watch(): void {
    clearTimeout(this.timer);
    const dueMs =
      this.askedMs === undefined ? this.heardMs + this.options.silenceMs : this.askedMs + this.options.signWithinMs;
    this.timer = setTimeout(() => this.look(), Math.max(0, dueMs - this.now()));
  }

  private look(): void {
    const now = this.now();
    if (this.askedMs !== undefined && now - this.askedMs >= this.options.signWithinMs) {
      this.stop();
      return this.onDead();
    }
    if (this.askedMs === undefined && now - this.heardMs >= this.options.silenceMs) this.askNow();
    this.watch();
  }
}
