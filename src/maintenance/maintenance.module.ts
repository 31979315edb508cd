import { Module } from '@nestjs/common';
import { QueueModule } from '../queue/queue.module.js';
import { LedgerAudit } from './ledger-audit.service.js';
import { LogPartitions } from './log-partitions.js';
import { MaintenanceProcessor } from './maintenance.processor.js';
import { MaintenanceScheduler } from './maintenance-scheduler.service.js';

/** Housekeeping by scheduled jobs, in the processes that run jobs: partitions of the log, audits of the ledger. */
@Module({
  imports: [QueueModule.register('maintenance')],
  providers: [LedgerAudit, LogPartitions, MaintenanceProcessor, MaintenanceScheduler],
  exports: [LedgerAudit],
})
export class MaintenanceModule {}
