import { Module } from '@nestjs/common';
import { AuditKeysModule } from '../audit-keys.module.js';
import { ReasonErasure } from './reason-erasure.service.js';

/** Erases reasons, for whoever erases what is known of a user. */
@Module({ imports: [AuditKeysModule], providers: [ReasonErasure], exports: [ReasonErasure] })
export class ReasonErasureModule {}
