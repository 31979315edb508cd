import { Logger } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { AuditKeys } from '../../src/audit/audit-keys.js';
import { AuditSealer } from '../../src/audit/seal/audit-sealer.service.js';
import { sealBatch } from '../../src/audit/seal/seal-batch.js';
import { inSnapshot } from '../../src/audit/verify/in-snapshot.js';
import { describeFault } from '../../src/audit/verify/trail-fault.js';
import { verifyTrail, type VerifiedTrail, type VerifyOptions } from '../../src/audit/verify/verify-trail.js';
import { createDataSource } from '../../src/database/data-source.js';
import { LedgerBench } from './ledger-bench.js';

export const AUDIT_SECRET = 'an audit secret of more than thirty-two bytes';

/** A ledger with its trail, a sealer that seals when it is told to, and the verifier. */
export class AuditTrailBench {
  private constructor(
    readonly bench: LedgerBench,
    readonly dataSource: DataSource,
    readonly sealer: AuditSealer,
  ) {}

  static async open(): Promise<AuditTrailBench> {
    Logger.overrideLogger(false);
    const bench = await LedgerBench.open();
    const dataSource = await createDataSource(bench.database.url).initialize();
    return new AuditTrailBench(bench, dataSource, new AuditSealer(dataSource, new AuditKeys(AUDIT_SECRET)));
  }

  async close(): Promise<void> {
    await this.dataSource.destroy();
    await this.bench.close();
  }

  /** Seals what there is in the chain of another machine. */
  async sealElsewhere(chain: string, secret = AUDIT_SECRET): Promise<void> {
    const { current } = new AuditKeys(secret);
    await this.dataSource.transaction((manager) =>
      sealBatch((sql, values) => manager.query(sql, values as unknown[]), current, chain, 2n ** 62n),
    );
  }

  /** Events of no interaction, in one transaction. */
  async addEvents(count: number, action = 'ai.refused'): Promise<void> {
    await this.bench.owner.query(
      `INSERT INTO audit.event (actor, action, subject) SELECT 'user:u' || i % 7, $2, 'ws:' || i FROM generate_series(1, $1::int) i`,
      [count, action],
    );
  }

  /** What is wrong, one line each. */
  async faults(options: Partial<VerifyOptions> = {}): Promise<string[]> {
    return (await this.verify(options)).faults;
  }

  async verify(options: Partial<VerifyOptions> = {}): Promise<{ faults: string[]; verified: VerifiedTrail }> {
    const faults: string[] = [];
    const verified = await inSnapshot(this.bench.database.url, (query) =>
      verifyTrail(query, {
        keys: new AuditKeys(AUDIT_SECRET),
        report: (fault) => faults.push(describeFault(fault)),
        ...options,
      }),
    );
    return { faults, verified };
  }

  /** Changes what no program may change, past every trigger, as whoever owns the server can. */
  async tamper(sql: string): Promise<void> {
    await this.bench.owner.query(`SET session_replication_role = replica; ${sql}; RESET session_replication_role`);
  }
}
