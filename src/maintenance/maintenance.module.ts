import { Module } from '@nestjs/common';
import { AuditKeysModule } from '../audit/audit-keys.module.js';
import { AuditSealModule } from '../audit/audit-seal.module.js';
import { BillingModule } from '../billing/billing.module.js';
import { QueueModule } from '../queue/queue.module.js';
import { DurableAnswers } from './durable-answers.js';
import { LedgerAudit } from './ledger-audit.service.js';
import { LogPartitions } from './log-partitions.js';
import { MaintenanceProcessor } from './maintenance.processor.js';
import { MaintenanceScheduler } from './maintenance-scheduler.service.js';
import { TrailAudit } from './trail-audit.service.js';

/** Housekeeping in the processes that run jobs: partitions of the log, audits of the ledger, seals of the audit trail. */
@Module({
  imports: [AuditKeysModule, AuditSealModule, BillingModule, QueueModule.register('maintenance')],
  providers: [DurableAnswers, LedgerAudit, LogPartitions, MaintenanceProcessor, MaintenanceScheduler, TrailAudit],
  exports: [LedgerAudit, TrailAudit],
})
export class MaintenanceModule {}
