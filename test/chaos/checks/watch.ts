import type { Clock } from '../clock.js';
import type { Violation } from '../violation.js';
import type { Observer } from './observer.js';

const EVERY_MS = 250;
/** The audit views read everything: every so many looks. */
const AUDIT_EVERY = 8;
/**
 * A lost node's holds are ended within so many milliseconds of their lease's or deadline's end: of time in which there was
 * a database, and a node that could reach it.
 */
const REAPED_WITHIN_MS = 15_000;

const OVERDRAWN = `SELECT id, posted::text, held::text FROM ledger.account WHERE held < 0 OR posted < held`;
const OVERDUE = `
  SELECT h.request_id AS id, h.node_id AS node, least(h.expires_at, coalesce(n.lease_until, h.created_at)) AS due
  FROM ledger.hold h LEFT JOIN ledger.node n ON n.id = h.node_id
  WHERE h.status = 'pending'
    AND least(h.expires_at, coalesce(n.lease_until, h.created_at)) < clock_timestamp()`;
const AUDIT = `SELECT what, account_id, request_id FROM ledger.audit LIMIT 5`;

interface OverdueHold {
  id: string;
  node: string;
  due: Date;
}

/** Looks at the ledger again and again while the system is being broken. */
export class Watch {
  private isOver = false;
  private worker: Promise<void> | undefined;
  /** How often it could look. */
  looks = 0;
  audits = 0;
  /** The longest that the database was away, in milliseconds. */
  longestAwayMs = 0;
  private awaySinceMs: number | undefined;
  /** Time in which there was a database, and a node that could reach it: what a machine's slowness does not eat. */
  private soundMs = 0;
  private lastLookMs = 0;
  /** Where it stood when each hold was first seen overdue. */
  private overdueSince = new Map<string, number>();

  constructor(
    private readonly observer: Observer,
    private readonly clock: Clock,
    /** Whether any node could end holds now. */
    private readonly isAnyNodeSound: () => boolean,
    private readonly report: (violation: Violation) => void,
  ) {}

  /** The database answered when it was last asked. */
  get isDatabaseThere(): boolean {
    return this.awaySinceMs === undefined;
  }

  start(): void {
    this.worker = this.work();
  }

  async stop(): Promise<void> {
    this.isOver = true;
    await this.worker;
  }

  /** Looks once. @returns false where the database is away */
  async look(withAudit: boolean): Promise<boolean> {
    const passedMs = this.clock.ms - this.lastLookMs;
    this.lastLookMs += passedMs;
    const overdrawn = await this.observer.query<{ id: string; posted: string; held: string }>(OVERDRAWN);
    const overdue = await this.observer.query<OverdueHold>(OVERDUE);
    if (!overdrawn || !overdue) {
      this.awaySinceMs ??= this.clock.ms;
      return false;
    }
    if (this.awaySinceMs !== undefined)
      this.longestAwayMs = Math.max(this.longestAwayMs, this.clock.ms - this.awaySinceMs);
    this.awaySinceMs = undefined;
    this.looks++;
    for (const { id, posted, held } of overdrawn)
      this.tell('overdrawn', `account ${id} has ${posted} and ${held} of it held`);
    if (this.isAnyNodeSound()) this.soundMs += passedMs;
    this.checkOverdue(overdue);
    if (withAudit) await this.audit();
    return true;
  }

  private checkOverdue(holds: readonly OverdueHold[]): void {
    const known = this.overdueSince;
    this.overdueSince = new Map(holds.map(({ id }) => [id, known.get(id) ?? this.soundMs]));
    for (const { id, node, due } of holds)
      if (this.soundMs - this.overdueSince.get(id)! > REAPED_WITHIN_MS)
        this.tell('stuck-hold', `hold ${id} of ${node} was due at ${due.toISOString()} and is still pending`, id);
  }

  private async audit(): Promise<void> {
    const rows = await this.observer.query<{ what: string; account_id: string; request_id: string }>(AUDIT);
    if (!rows) return;
    this.audits++;
    for (const { what, account_id, request_id } of rows)
      this.tell('audit', `the audit of ${what} names ${account_id} ${request_id}`);
  }

  private async work(): Promise<void> {
    for (let turn = 0; !this.isOver; turn++) {
      await this.look(turn % AUDIT_EVERY === 0);
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
  }

  private tell(rule: string, detail: string, requestId?: string): void {
    const id = requestId?.replace(/^[a-z]+:/, '');
    this.report({ rule, detail, atMs: this.clock.ms, ...(id === undefined ? {} : { id }) });
  }
}
