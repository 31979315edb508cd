import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { LedgerAudit } from '../maintenance/ledger-audit.service.js';
import { LedgerMeasures } from './measures/ledger-measures.js';

/** Keeps what the audits of this process found where any process can read it. */
@Injectable()
export class AuditFindings implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(AuditFindings.name);
  private unlisten: (() => void) | undefined;

  constructor(
    @Inject(LedgerAudit) private readonly ledgerAudit: LedgerAudit,
    @Inject(LedgerMeasures) private readonly measures: LedgerMeasures,
  ) {}

  onApplicationBootstrap(): void {
    this.unlisten = this.ledgerAudit.audits.add(({ kind, report }) => {
      this.measures
        .noteAudit(kind, report.findings.length)
        .catch((error: unknown) => this.logger.warn(`An audit was not noted: ${(error as Error).message}`));
    });
  }

  onApplicationShutdown(): void {
    this.unlisten?.();
  }
}
