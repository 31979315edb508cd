import { Inject, Injectable, Logger } from '@nestjs/common';
import { AuditKeys } from '../audit/audit-keys.js';
import { inSnapshot } from '../audit/verify/in-snapshot.js';
import { describeFault } from '../audit/verify/trail-fault.js';
import { verifyTrail } from '../audit/verify/verify-trail.js';
import { Observers } from '../common/observers.js';
import { DatabaseServer } from '../database/database-server.js';

/** What was sealed before that was looked at in the nights before; the command `audit:verify` looks at everything. */
const LOOK_BACK_MS = 2 * 86_400_000;
const MOST_FAULTS = 100;

export interface TrailReport {
  /** When it ended. */
  at: Date;
  events: number;
  /** How many things do not fit, and the first of them, one line each. */
  faults: number;
  findings: string[];
}

/**
 * Holds what was sealed lately, and all anchors, to their seals; everything where the last time found something, so that a
 * fault is told of until it is gone, however old it gets. It only reads; what it finds is for a human.
 */
@Injectable()
export class TrailAudit {
  /** Of every verification of this process. */
  readonly audits = new Observers<TrailReport>();
  /** A test looks back less far. */
  lookBackMs = LOOK_BACK_MS;
  /** How many things did not fit the last time, in whichever process; who keeps that says so here. */
  lastFaults: () => Promise<number> = () => Promise.resolve(0);
  private readonly logger = new Logger(TrailAudit.name);

  constructor(
    @Inject(DatabaseServer) private readonly server: DatabaseServer,
    @Inject(AuditKeys) private readonly keys: AuditKeys,
  ) {}

  /** @throws what the database said */
  async verify(): Promise<TrailReport> {
    const isWhole = (await this.lastFaults()) > 0;
    const findings: string[] = [];
    let faults = 0;
    const { events } = await inSnapshot(this.server.url, (query) =>
      verifyTrail(query, {
        keys: this.keys,
        ...(isWhole ? {} : { from: new Date(Date.now() - this.lookBackMs) }),
        report: (fault) => {
          if (++faults <= MOST_FAULTS) findings.push(describeFault(fault));
        },
      }),
    );
    if (faults > 0) this.logger.error(`The audit trail is not as it was sealed: ${findings.join('; ')}`);
    const report = { at: new Date(), events, faults, findings };
    this.audits.tell(report);
    return report;
  }
}
