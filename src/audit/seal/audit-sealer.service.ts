import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { AuditKeys } from '../audit-keys.js';
import type { RunQuery } from '../run-query.js';
import { anchorHeads } from './anchor-heads.js';
import { EVENTS_A_SEAL, sealBatch } from './seal-batch.js';
import type { AnchorRecord } from './seal-records.js';
import { SettledEvents } from './settled-events.js';

/** An event is sealed after so long, and a little. */
const SEAL_EVERY_MS = 5_000;
const ANCHOR_EVERY_MS = 60_000;
/** Whoever holds the lock, or a transaction that writes events, for so long has to be looked at. */
const LATE_AFTER_MS = 60_000;
/** Transactions that write events end within milliseconds; one that hangs is waited for from round to round. */
const WRITERS_PAUSE_MS = 20;
const WRITERS_END_WITHIN_MS = 1_000;

/**
 * Seals what the trail has got since the last round, in the background, in every process that does the housekeeping: each
 * machine's seals are a chain, one process seals at a time, and one that dies leaves nothing half done.
 */
@Injectable()
export class AuditSealer implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(AuditSealer.name);
  private readonly settledEvents = new SettledEvents();
  private readonly chain = hostname().slice(0, 64);
  private timer: NodeJS.Timeout | undefined;
  private round: Promise<void> = Promise.resolve();
  private isEnding = false;
  private completedAt: Date | undefined;
  private toldAt = Date.now();

  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(AuditKeys) private readonly keys: AuditKeys,
  ) {}

  /** When everything was sealed, as this process last knew; of all processes the metrics tell (alerts/measures). */
  get lastCompletedAt(): Date | undefined {
    return this.completedAt;
  }

  onApplicationBootstrap(): void {
    this.schedule();
  }

  /** The batch that runs is sealed; the rest is left to others, or to the next start. */
  async onModuleDestroy(): Promise<void> {
    this.isEnding = true;
    clearTimeout(this.timer);
    await this.round;
  }

  /** Seals what there is. @returns how many events; those that another process sealed are not among them */
  async seal(): Promise<number> {
    const upTo = await this.settled();
    for (let total = 0; ;) {
      const sealed = await this.alone((query) => sealBatch(query, this.keys.current, this.chain, upTo));
      if (sealed === undefined) return total;
      total += sealed;
      const isComplete = sealed < EVENTS_A_SEAL;
      if (isComplete && !this.settledEvents.isWaiting) this.completedAt = new Date();
      if (isComplete || this.isEnding) return total;
    }
  }

  /** Anchors all chains and logs it: a log that is kept elsewhere proves what the database can't, that nothing was cut off. */
  async anchor(everyMs = ANCHOR_EVERY_MS): Promise<AnchorRecord | undefined> {
    const anchor = await this.alone((query) => anchorHeads(query, this.keys.current, everyMs));
    if (anchor) {
      const { number, digest, lastEvent } = anchor;
      this.logger.log(`Audit anchor ${number} ${digest.toString('hex')} (events up to ${lastEvent})`);
    }
    return anchor;
  }

  private schedule(): void {
    if (this.isEnding) return;
    this.timer = setTimeout(() => {
      this.round = this.runRound().finally(() => this.schedule());
    }, SEAL_EVERY_MS);
    this.timer.unref();
  }

  private async runRound(): Promise<void> {
    try {
      await this.seal();
      await this.anchor();
      this.tellIfLate();
    } catch (error) {
      this.logger.warn(`The audit trail is not sealed for now: ${(error as Error).message}`);
    }
  }

  /** Once a minute while it lasts. */
  private tellIfLate(): void {
    const since = Math.max(this.toldAt, this.completedAt?.getTime() ?? 0);
    if (Date.now() - since < LATE_AFTER_MS) return;
    this.toldAt = Date.now();
    this.logger.warn('The audit trail has not been sealed to its end for a minute or more');
  }

  private async settled(): Promise<bigint> {
    const deadline = performance.now() + WRITERS_END_WITHIN_MS;
    for (;;) {
      const upTo = await this.settledEvents.look((sql, values) => this.dataSource.query(sql, values as unknown[]));
      if (!this.settledEvents.isWaiting || performance.now() > deadline || this.isEnding) return upTo;
      await delay(WRITERS_PAUSE_MS);
    }
  }

  /** Undefined where another process seals. */
  private alone<T>(work: (query: RunQuery) => Promise<T>): Promise<T | undefined> {
    return this.dataSource.transaction(async (manager) => {
      const query: RunQuery = (sql, values) => manager.query(sql, values as unknown[]);
      const [lock] = await query<{ isOurs: boolean }>('SELECT audit.try_sealing() AS "isOurs"');
      return lock!.isOurs ? work(query) : undefined;
    });
  }
}
