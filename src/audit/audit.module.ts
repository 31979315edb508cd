import { Module } from '@nestjs/common';
import { AuditLog } from './audit-log.js';
import { AuditService } from './audit.service.js';
import { ConfigurationTrail } from './configuration/configuration-trail.service.js';
import { AuditTrail } from './trail/audit-trail.js';

/** The audit trail: an append-only record of every AI interaction and administrative act. */
@Module({ providers: [AuditLog, AuditService, AuditTrail, ConfigurationTrail], exports: [AuditService, AuditTrail] })
export class AuditModule {}
