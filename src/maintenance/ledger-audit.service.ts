import { Inject, Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Observers } from '../common/observers.js';
import { LedgerPool } from '../database/ledger-pool.js';

/** What an audit found: nothing, where all is well. */
export interface AuditReport {
  /** When the audit ended. */
  at: Date;
  /** How many accounts were looked at; absent for the audit of everything. */
  accounts?: number;
  /** Accounts (and orphaned requests) that are wrong, at most MOST_FINDINGS of them. */
  findings: LedgerFinding[];
}

export interface LedgerFinding {
  /** The rule that is broken, such as 'chain' or 'charges'; 'account' in the audit of what is new. */
  what: string;
  accountId: string | null;
  requestId: string | null;
}

interface StepRow {
  next: string | null;
  accounts: number;
  bad: { account: string }[];
}

export const MOST_FINDINGS = 100;
const ACCOUNTS_A_STEP = 500;
/** The audit of everything reads the whole ledger. */
const FULL_AUDIT_WITHIN_MS = 30 * 60_000;

/**
 * Proves the ledger against itself. The audit of what is new is cheap (each account from where it was proved last); the
 * audit of everything also finds what was changed in the past. Both only read; what they find is for a human.
 */
@Injectable()
export class LedgerAudit {
  /** Of every audit of this process. */
  readonly audits = new Observers<{ kind: 'new' | 'all'; report: AuditReport }>();
  private readonly logger = new Logger(LedgerAudit.name);
  private readonly reports: { new?: AuditReport; all?: AuditReport } = {};

  constructor(
    @Inject(LedgerPool) private readonly pool: LedgerPool,
    private readonly dataSource: DataSource,
  ) {}

  /** The last report of each kind that this process made; for health and metrics. */
  get lastReports(): Readonly<{ new?: AuditReport; all?: AuditReport }> {
    return this.reports;
  }

  /** Walks all accounts, some at a time. */
  async auditNew(): Promise<AuditReport> {
    const findings: LedgerFinding[] = [];
    let accounts = 0;
    for (let after: string | null = ''; after !== null;) {
      const step: StepRow = await this.step(after);
      accounts += step.accounts;
      findings.push(...step.bad.map(({ account }) => ({ what: 'account', accountId: account, requestId: null })));
      after = step.next;
    }
    return this.report('new', { at: new Date(), accounts, findings: findings.slice(0, MOST_FINDINGS) });
  }

  /** The views of ledger.sql over everything there is. */
  async auditAll(): Promise<AuditReport> {
    const findings = await this.dataSource.transaction('REPEATABLE READ', async (manager) => {
      await manager.query(`SET LOCAL statement_timeout = ${FULL_AUDIT_WITHIN_MS}`);
      return manager.query<LedgerFinding[]>(
        `SELECT what, account_id AS "accountId", request_id AS "requestId" FROM ledger.audit LIMIT ${MOST_FINDINGS}`,
      );
    });
    return this.report('all', { at: new Date(), findings });
  }

  private async step(after: string): Promise<StepRow> {
    const rows = await this.pool.query<StepRow>(
      'audit_step',
      'SELECT next, accounts, bad FROM ledger.audit_step($1, $2)',
      [after, ACCOUNTS_A_STEP],
    );
    return rows[0]!;
  }

  private report(kind: 'new' | 'all', report: AuditReport): AuditReport {
    this.reports[kind] = report;
    const names = report.findings.map(({ what, accountId, requestId }) =>
      [what, accountId, requestId].filter(Boolean).join(' '),
    );
    if (names.length > 0) this.logger.error(`The ledger does not add up: ${names.join('; ')}`);
    this.audits.tell({ kind, report });
    return report;
  }
}
