import { Module } from '@nestjs/common';
import { ENVIRONMENT } from '../config/config.module.js';
import { AuditKeys, loadAuditKeys } from './audit-keys.js';

/** The secrets of the seals, for those who make, verify or keep them. */
@Module({
  providers: [{ provide: AuditKeys, useFactory: loadAuditKeys, inject: [ENVIRONMENT] }],
  exports: [AuditKeys],
})
export class AuditKeysModule {}
