import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { LedgerAudit } from '../maintenance/ledger-audit.service.js';
import { TrailAudit } from '../maintenance/trail-audit.service.js';
import { LedgerMeasures } from './measures/ledger-measures.js';
import { TrailMeasures } from './measures/trail-measures.js';

/** Keeps what the audits of this process, of ledger and trail, found where any process can read it. */
@Injectable()
export class AuditFindings implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(AuditFindings.name);
  private unlisten: (() => void)[] = [];

  constructor(
    @Inject(LedgerAudit) private readonly ledgerAudit: LedgerAudit,
    @Inject(TrailAudit) private readonly trailAudit: TrailAudit,
    @Inject(LedgerMeasures) private readonly ledger: LedgerMeasures,
    @Inject(TrailMeasures) private readonly trail: TrailMeasures,
  ) {}

  onApplicationBootstrap(): void {
    this.trailAudit.lastFaults = async () => (await this.trail.verification()).faults;
    this.unlisten = [
      this.ledgerAudit.audits.add(({ kind, report }) => this.note(this.ledger.noteAudit(kind, report.findings.length))),
      this.trailAudit.audits.add(({ faults }) => this.note(this.trail.noteVerification(faults))),
    ];
  }

  onApplicationShutdown(): void {
    for (const unlisten of this.unlisten) unlisten();
  }

  private note(noting: Promise<void>): void {
    noting.catch((error: unknown) => this.logger.warn(`An audit was not noted: ${(error as Error).message}`));
  }
}
