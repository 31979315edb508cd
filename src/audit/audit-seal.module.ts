import { Module } from '@nestjs/common';
import { ENVIRONMENT } from '../config/config.module.js';
import { AuditKeys, loadAuditKeys } from './audit-keys.js';
import { AuditSealer } from './seal/audit-sealer.service.js';

/** Seals the trail: for the processes that do the housekeeping. */
@Module({
  providers: [{ provide: AuditKeys, useFactory: loadAuditKeys, inject: [ENVIRONMENT] }, AuditSealer],
  exports: [AuditKeys, AuditSealer],
})
export class AuditSealModule {}
