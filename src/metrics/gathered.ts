import { answerWithin } from '../common/answer-within.js';

const WITHIN_MS = 10_000;
/** What is older is not told any more: no figure is better than a wrong one. */
const STALE_MS = 90_000;

/** Figures that take a question to the database or the queue: asked for in the background, never while metrics are read. */
export class Gathered<Figures> {
  private latestFigures: Figures | undefined;
  private gatheredAtMs = -Infinity;

  /** @param what names them */
  constructor(
    readonly what: string,
    private readonly ask: () => Promise<Figures>,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  /** @throws what asking failed with; the figures stay as they were */
  async gather(): Promise<void> {
    this.latestFigures = await answerWithin(this.ask(), WITHIN_MS);
    this.gatheredAtMs = this.nowMs();
  }

  /** Undefined where they are not known, or not any more. */
  get latest(): Figures | undefined {
    return this.nowMs() - this.gatheredAtMs > STALE_MS ? undefined : this.latestFigures;
  }

  /** How old they are, in seconds; undefined: never gathered. */
  get ageSeconds(): number | undefined {
    return this.gatheredAtMs === -Infinity ? undefined : (this.nowMs() - this.gatheredAtMs) / 1_000;
  }
}
