import { Inject, Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ENVIRONMENT } from '../../config/config.module.js';
import type { Environment } from '../../config/environment.js';
import { AuditKeys } from '../audit-keys.js';
import type { RunQuery } from '../run-query.js';
import { pruneBatch } from './prune-batch.js';

/** Lets events go that are older than AUDIT_KEEP_DAYS; without it none ever goes. */
@Injectable()
export class AuditRetention {
  private readonly logger = new Logger(AuditRetention.name);
  private readonly keepDays: number | undefined;

  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(AuditKeys) private readonly keys: AuditKeys,
    @Inject(ENVIRONMENT) { audit }: Pick<Environment, 'audit'>,
  ) {
    this.keepDays = audit.keepDays;
  }

  /**
   * @returns how many events went
   * @throws Error where an old one is not as it was sealed, or this database role may not delete any
   */
  async prune(): Promise<number> {
    if (this.keepDays === undefined) return 0;
    const { keepDays } = this;
    let total = 0;
    for (let pruned = -1; pruned !== 0; total += pruned) {
      pruned = await this.dataSource.transaction((manager) => {
        const query: RunQuery = (sql, values) => manager.query(sql, values as unknown[]);
        return this.pruneAlone(query, keepDays);
      });
    }
    if (total > 0) this.logger.log(`Audit events older than ${keepDays} days went: ${total}`);
    return total;
  }

  /** 0 where another process seals or prunes: there is a next time. */
  private async pruneAlone(query: RunQuery, keepDays: number): Promise<number> {
    const [lock] = await query<{ isOurs: boolean }>('SELECT audit.try_sealing() AS "isOurs"');
    return lock!.isOurs ? pruneBatch(query, this.keys, keepDays) : 0;
  }
}
