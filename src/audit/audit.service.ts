import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import { answerWithin } from '../common/answer-within.js';
import { GatewayError } from '../common/errors/gateway-error.js';
import { orUnavailable } from '../database/or-unavailable.js';
import { failedAct } from './acts/failed-act.js';
import { auditRow, type ActEvent, type AuditEvent, type AuditRow } from './audit-event.js';
import { AuditLog } from './audit-log.js';
import { EventBuffer } from './event-buffer.js';
import { RefusalRoll, type Refusal } from './refusals/refusal-roll.js';

/** An act that can't be written down within so many tries is not done. */
const ACT_TRIES = 3;
const ACT_PAUSE_MS = 100;
/** A database that is gone must not keep the process from ending. */
const CLOSES_WITHIN_MS = 3_000;

/**
 * The audit trail as the gateway writes it. What the ledger closes (every AI interaction that held credits) is not
 * recorded here: the database does that itself, in the transaction that charges it.
 */
@Injectable()
export class AuditService implements OnApplicationShutdown {
  private readonly logger = new Logger(AuditService.name);
  private readonly buffer: EventBuffer;
  private readonly roll = new RefusalRoll((event) => this.record(event));
  /** An error passes several places that tell of it. */
  private readonly told = new WeakSet<object>();

  constructor(@Inject(AuditLog) private readonly auditLog: AuditLog) {
    this.buffer = new EventBuffer({
      write: (rows) => this.auditLog.write(rows),
      log: (line) => this.logger.warn(line),
    });
  }

  /** Events that were lost since the start, because the database was away for too long. */
  get dropped(): number {
    return this.buffer.dropped;
  }

  /** Notes something in the background, such as a refused request; costs the caller nothing and never fails. */
  record(event: AuditEvent): void {
    this.buffer.add(auditRow(event));
  }

  /** Notes a refusal in the background, once for each error; of others than refusals nothing is noted. */
  refused(error: unknown, refusal: Omit<Refusal, 'code'>): void {
    if (!(error instanceof GatewayError) || this.told.has(error)) return;
    this.told.add(error);
    this.roll.add({ ...refusal, code: error.code });
  }

  /**
   * Notes an administrative act, durably, and does it then: what can't be noted is not done. Where it fails that is noted,
   * too, in the background: the database may be what failed.
   * @throws GatewayError UNAVAILABLE where it can't be noted; what `work` throws
   */
  async act<T>(event: ActEvent, work: () => Promise<T>): Promise<T> {
    const row = auditRow(event);
    await orUnavailable(this.writeAct(row));
    try {
      return await work();
    } catch (error) {
      this.record(failedAct(event, row.at, error));
      throw error;
    }
  }

  private async writeAct(row: AuditRow): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.auditLog.write([row]);
      } catch (error) {
        if (tries === ACT_TRIES) throw error;
        await delay(ACT_PAUSE_MS * tries);
      }
    }
  }

  /** After the last request: what was noted in the background is written down. */
  async onApplicationShutdown(): Promise<void> {
    this.roll.close();
    await answerWithin(this.buffer.close(), CLOSES_WITHIN_MS).catch((error: unknown) =>
      this.logger.warn(`Audit events were lost at the shutdown: ${(error as Error).message}`),
    );
  }
}
