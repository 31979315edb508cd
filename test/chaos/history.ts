import type { RequestPlan } from './clients/request-plan.js';
import type { Fault } from './nemesis/nemesis-plan.js';

/** A frame as it came over the wire. */
export interface SeenFrame {
  raw: string;
  atMs: number;
}

/** How one showing of one id on one socket ended for the client. */
export type ShowingEnd = 'terminal' | 'refused' | 'closed' | 'silent' | 'dropped' | 'over';

/** Everything that one socket showed of one id after one asking for it. */
export interface Showing {
  /** `again`: after the end; `final`: all ids once more, when the chaos is over. */
  role: 'main' | 'twin' | 'again' | 'cancel' | 'final';
  node: string;
  /** The `lastSeq` that it was asked with. */
  afterSeq: number;
  askedAtMs: number;
  frames: SeenFrame[];
  end: ShowingEnd;
  /** The error without `seq`, where it was refused. */
  refusal?: Refusal;
}

export interface Refusal {
  code: string;
  message: string;
  retryAfterMs?: number;
}

/** What became of a request, as its client saw it. */
export interface RequestRecord {
  plan: RequestPlan;
  showings: Showing[];
  /** What the use of the id for another request was answered with. */
  conflictAnswers: string[];
  /** When it was first cancelled; undefined: never. */
  cancelledAtMs: number | undefined;
  /** `ended`: a terminal frame came; `refused`: the client gave up on a refusal; `left`: it never came back. */
  fate: 'running' | 'ended' | 'refused' | 'left' | 'stuck';
}

/** Credits that were granted, in micro-credits; acknowledged in the end, however often that took. */
export interface GrantRecord {
  userId: string;
  key: string;
  amount: bigint;
  isAcknowledged: boolean;
}

/** A fault that was really done; `lapse`: a node that nobody touched was too slow to renew its lease, as it says itself. */
export interface FaultRecord {
  kind: Fault['kind'] | 'lapse';
  /** The node; undefined: it struck the database itself. */
  node: string | undefined;
  /** For a reader. */
  name: string;
  atMs: number;
  untilMs: number;
}

/** All that was seen from outside. */
export class History {
  readonly requests = new Map<string, RequestRecord>();
  readonly grants: GrantRecord[] = [];
  readonly faults: FaultRecord[] = [];

  begin(plan: RequestPlan): RequestRecord {
    const record: RequestRecord = {
      plan,
      showings: [],
      conflictAnswers: [],
      cancelledAtMs: undefined,
      fate: 'running',
    };
    this.requests.set(plan.id, record);
    return record;
  }

  /** Whether the postmaster was killed in this span: the log's last moments may be lost then. */
  lostLogBetween(fromMs: number, untilMs: number): boolean {
    return this.faults.some(({ kind, atMs }) => kind === 'kill-postmaster' && atMs >= fromMs && atMs <= untilMs);
  }
}
