import { Inject, Injectable } from '@nestjs/common';
import { LedgerAudit } from '../maintenance/ledger-audit.service.js';
import { MetricsRegistry } from './metrics-registry.js';
import { gauge } from './samples.js';

/**
 * How long a report counts. Any process may make the next one: what an earlier one found must not be told for ever by
 * whoever made it. What is new is looked at every minute, everything once a day.
 */
const COUNTS_FOR_MS = { new: 3 * 60_000, all: 25 * 3_600_000 } as const;
const SCOPES = Object.keys(COUNTS_FOR_MS) as (keyof typeof COUNTS_FOR_MS)[];

/** What the audits of the ledger found that this process has made lately. */
@Injectable()
export class AuditMetrics {
  constructor(@Inject(MetricsRegistry) registry: MetricsRegistry, @Inject(LedgerAudit) audit: LedgerAudit) {
    const recent = () =>
      SCOPES.flatMap((scope) => {
        const report = audit.lastReports[scope];
        const ageMs = report ? Date.now() - report.at.getTime() : Infinity;
        return report && ageMs < COUNTS_FOR_MS[scope] ? [{ scope, report, ageMs }] : [];
      });
    gauge(registry, {
      name: 'mcp_ledger_audit_findings',
      help: 'Rows of the ledger that do not add up, by the last audit of what is new (every minute) or of all (daily); at most 100.',
      labelNames: ['scope'],
      read: () => recent().map(({ scope, report }) => [{ scope }, report.findings.length] as const),
    });
    gauge(registry, {
      name: 'mcp_ledger_audit_age_seconds',
      help: 'When that audit ended.',
      labelNames: ['scope'],
      read: () => recent().map(({ scope, ageMs }) => [{ scope }, ageMs / 1_000] as const),
    });
  }
}
