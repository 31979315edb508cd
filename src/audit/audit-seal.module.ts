import { Module } from '@nestjs/common';
import { AuditKeysModule } from './audit-keys.module.js';
import { AuditRetention } from './retention/audit-retention.service.js';
import { AuditSealer } from './seal/audit-sealer.service.js';

/** Seals the trail, and keeps it no longer than is asked for: for the processes that do the housekeeping. */
@Module({
  imports: [AuditKeysModule],
  providers: [AuditSealer, AuditRetention],
  exports: [AuditSealer, AuditRetention],
})
export class AuditSealModule {}
