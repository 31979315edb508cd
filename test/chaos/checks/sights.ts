import type { RequestPlan } from '../clients/request-plan.js';
import type { Clock } from '../clock.js';
import { isTerminal, type Frame } from '../frames.js';
import type { History } from '../history.js';
import type { Violation } from '../violation.js';
import type { Observer } from './observer.js';

interface Sight {
  plan: RequestPlan;
  seq: number | undefined;
  /** Terminal frames: as it came. */
  raw: string | undefined;
  atMs: number;
}

/** Of chunks, one in so many is looked up. */
const SAMPLE = 8;
/** A frame may have been on its way for so long when it is seen, through a link in trouble. */
const ON_ITS_WAY_MS = 12_000;
const MOST_AT_ONCE = 200;
const PAUSE_MS = 50;

const LOOK_UP = `
  SELECT u.n::int AS position, h.status, h.charged::text, h.final_seq, max(c.seq_last) AS tail,
         max(c.frames) FILTER (WHERE c.terminal) AS terminal
  FROM unnest($1::text[], $2::text[]) WITH ORDINALITY u(a, r, n)
  LEFT JOIN ledger.hold h ON h.account_id = u.a AND h.request_id = u.r
  LEFT JOIN ledger.stream_chunk c ON c.bucket = h.bucket AND c.account_id = u.a AND c.request_id = u.r
  GROUP BY u.n, h.status, h.charged, h.final_seq`;

interface Stored {
  position: number;
  status: string | null;
  final_seq: number | null;
  tail: number | null;
  terminal: string | null;
}

/**
 * "Log, then send; commit, then done", held against the database at the moment of sight: what a client has seen must be
 * there already.
 */
export class Sights {
  private waiting: Sight[] = [];
  private isOver = false;
  private worker: Promise<void> | undefined;
  /** How many frames were looked up. */
  checked = 0;

  constructor(
    private readonly observer: Observer,
    private readonly clock: Clock,
    private readonly history: History,
    private readonly report: (violation: Violation) => void,
  ) {}

  start(): void {
    this.worker = this.work();
  }

  async stop(): Promise<void> {
    this.isOver = true;
    await this.worker;
  }

  saw(plan: RequestPlan, frame: Frame, raw: string): void {
    const isEnd = isTerminal(frame);
    if (!isEnd && (frame.seq ?? 1) % SAMPLE !== 1) return;
    this.waiting.push({ plan, seq: frame.seq, raw: isEnd ? raw : undefined, atMs: this.clock.ms });
  }

  private async work(): Promise<void> {
    while (!this.isOver || this.waiting.length > 0) {
      if (this.waiting.length > 0 && (await this.check(this.waiting.splice(0, MOST_AT_ONCE)))) continue;
      await new Promise((resolve) => setTimeout(resolve, this.waiting.length > 0 ? PAUSE_MS : 1));
    }
  }

  /** @returns false where the database is away: the same is tried again */
  private async check(sights: Sight[]): Promise<boolean> {
    const rows = await this.observer.query<Stored>(LOOK_UP, [
      sights.map(({ plan }) => `user:${plan.userId}`),
      sights.map(({ plan }) => `ws:${plan.id}`),
    ]);
    if (!rows) {
      this.waiting.unshift(...sights);
      return false;
    }
    for (const row of rows) this.compare(sights[row.position - 1]!, row);
    this.checked += sights.length;
    return true;
  }

  private compare({ plan, seq, raw, atMs }: Sight, { status, tail, terminal }: Stored): void {
    const { id } = plan;
    if (raw !== undefined) {
      if (status === null || status === 'pending')
        this.report({ rule: 'done-before-commit', id, atMs, detail: `${raw} was seen, the hold is ${status}` });
      else if (terminal !== raw)
        this.report({ rule: 'end-differs', id, atMs, detail: `seen ${raw}, stored ${String(terminal)}` });
    } else if (seq !== undefined && (tail ?? 0) < seq) {
      if (this.history.lostLogBetween(atMs - ON_ITS_WAY_MS, this.clock.ms)) return;
      this.report({ rule: 'send-before-log', id, atMs, detail: `chunk ${seq} was seen, the log ends at ${tail}` });
    }
  }
}
