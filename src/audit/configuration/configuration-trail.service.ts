import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import { answerWithin } from '../../common/answer-within.js';
import { RareWarning } from '../../common/logging/rare-warning.js';
import { GatewayConfiguration } from '../../config/gateway-config/gateway-configuration.js';
import { LedgerPool } from '../../database/ledger-pool.js';
import { auditRow, type AuditEvent } from '../audit-event.js';
import { AuditLog } from '../audit-log.js';
import { configurationApplied, configurationRefused, type LastChange } from './configuration-events.js';

/** All changes are few; the trail may be long, and is not to be walked through for them. */
const LAST_CHANGE = `WITH change AS MATERIALIZED (
    SELECT id, details->>'digest' AS digest FROM audit.event WHERE actor = 'house:configuration' AND action = 'config.applied'
  ) SELECT id::text AS id, digest FROM change ORDER BY change.id DESC LIMIT 1`;
const AGAIN_AFTER_MS = 2_000;
const CLOSES_WITHIN_MS = 1_000;

/** Notes in the trail which configuration came into force, and which file could not be used: once for all nodes. */
@Injectable()
export class ConfigurationTrail implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly closing = new AbortController();
  private readonly warning = new RareWarning(new Logger(ConfigurationTrail.name));
  private notes: Promise<void> = Promise.resolve();

  constructor(
    @Inject(GatewayConfiguration) private readonly configuration: GatewayConfiguration,
    @Inject(AuditLog) private readonly log: AuditLog,
    @Inject(LedgerPool) private readonly pool: LedgerPool,
  ) {}

  onApplicationBootstrap(): void {
    this.configuration.use({
      apply: () => {
        const { version } = this.configuration;
        this.note((last) => configurationApplied(version, last));
      },
      refuse: (faults) => {
        const { version } = this.configuration;
        this.note((last) => configurationRefused(faults, version, last));
      },
    });
  }

  async onModuleDestroy(): Promise<void> {
    this.closing.abort();
    await answerWithin(this.notes, CLOSES_WITHIN_MS).catch(() => undefined); // the next start finds it again
  }

  /** In the order in which it happened, in the background: while the database is away it waits. */
  private note(eventAfter: (last: LastChange | undefined) => AuditEvent | undefined): void {
    this.notes = this.notes.then(async () => {
      while (!(await this.tryToNote(eventAfter)) && !this.closing.signal.aborted)
        await delay(AGAIN_AFTER_MS, undefined, { ref: false, signal: this.closing.signal }).catch(() => undefined);
    });
  }

  private async tryToNote(eventAfter: (last: LastChange | undefined) => AuditEvent | undefined): Promise<boolean> {
    try {
      const [last] = await this.pool.query<LastChange>('audit_last_configuration', LAST_CHANGE, []);
      const event = eventAfter(last);
      if (event) await this.log.write([auditRow(event)]);
      return true;
    } catch (error) {
      this.warning.warn(`A change of the configuration is not in the audit trail yet: ${(error as Error).message}`);
      return false;
    }
  }
}
