import { AuditRetention } from '../audit/retention/audit-retention.service.js';
import { JobHost, ProcessesJobs } from '../queue/job-host.js';
import type { JobOf } from '../queue/typed-queue.js';
import { DurableAnswers } from './durable-answers.js';
import { LedgerAudit } from './ledger-audit.service.js';
import { LogPartitions } from './log-partitions.js';
import { TrailAudit } from './trail-audit.service.js';

/** Does the housekeeping's jobs, one at a time. Each may run twice, or on two workers at once, without harm. */
@ProcessesJobs('maintenance')
export class MaintenanceProcessor extends JobHost<'maintenance'> {
  constructor(
    private readonly partitions: LogPartitions,
    private readonly ledgerAudit: LedgerAudit,
    private readonly durableAnswers: DurableAnswers,
    private readonly trailAudit: TrailAudit,
    private readonly auditRetention: AuditRetention,
  ) {
    super();
  }

  async process({ name }: JobOf<'maintenance'>): Promise<void> {
    switch (name) {
      case 'partitions':
        await this.partitions.tend();
        return;
      case 'audit-new':
        await this.ledgerAudit.auditNew();
        return;
      case 'drop-answers':
        await this.durableAnswers.drop();
        return;
      case 'audit-all':
        await this.ledgerAudit.auditAll();
        return;
      case 'audit-trail':
        await this.trailAudit.verify();
        return;
      case 'audit-prune':
        await this.auditRetention.prune();
        return;
      default:
        throw new Error(`no such job: ${String(name satisfies never)}`);
    }
  }
}
