import { Inject, Injectable } from '@nestjs/common';
import { LedgerPool } from '../../database/ledger-pool.js';
import { noteFinding } from './note-finding.js';
import type { Reading } from './reading.js';

const VERIFICATION = 'trail.verification';

/** A trail that was never verified has waited for it since its first seal. */
const LAST_VERIFICATION = `
  SELECT coalesce(finding.value, 0)::float8 AS faults,
    coalesce(extract(epoch FROM clock_timestamp() - coalesce(finding.at, seal.sealed_at)) * 1000, 0)::float8 AS "ageMs"
  FROM (SELECT) one LEFT JOIN alerting.finding ON finding.name = $1
    LEFT JOIN LATERAL (SELECT sealed_at FROM audit.seal ORDER BY after_event LIMIT 1) seal ON true`;

/** Beyond these it is only told that there are so many. */
const MOST_UNSEALED = 10_000;
const UNSEALED = `
  SELECT count(*)::float8 AS events, coalesce(greatest(extract(epoch FROM clock_timestamp() - min(at)), 0), 0)::float8 AS "oldestSeconds"
  FROM (SELECT at FROM audit.event WHERE id > coalesce((SELECT max(last_event) FROM audit.seal), 0) ORDER BY id LIMIT ${MOST_UNSEALED}) event`;

/** How the audit trail stood when it was verified last, by whichever process. */
export interface TrailVerification {
  /** How many things did not fit. */
  faults: number;
  /** Since then; 0: there is nothing to verify. */
  ageMs: number;
}

/** Events that no seal covers yet. */
export interface UnsealedEvents {
  events: number;
  /** Since the oldest of them; 0: there are none. */
  oldestSeconds: number;
}

/** What the audit trail of all processes says of itself. */
@Injectable()
export class TrailMeasures {
  constructor(@Inject(LedgerPool) private readonly pool: LedgerPool) {}

  async verification(): Promise<TrailVerification> {
    const [row] = await this.pool.query<TrailVerification>('trail_verification', LAST_VERIFICATION, [VERIFICATION]);
    return row!;
  }

  async unsealed(): Promise<UnsealedEvents> {
    const [row] = await this.pool.query<UnsealedEvents>('trail_unsealed', UNSEALED);
    return row!;
  }

  async faults(): Promise<Reading[]> {
    const { faults } = await this.verification();
    return [{ labels: {}, value: faults, volume: faults }];
  }

  /** Of the oldest event that is not sealed, in milliseconds. */
  async unsealedAge(): Promise<Reading[]> {
    const { oldestSeconds, events } = await this.unsealed();
    return [{ labels: {}, value: oldestSeconds * 1_000, volume: events }];
  }

  /** Since the last verification, in milliseconds. */
  async age(): Promise<Reading[]> {
    const { ageMs } = await this.verification();
    return [{ labels: {}, value: ageMs, volume: 1 }];
  }

  /** Keeps what a verification found for whoever evaluates. */
  async noteVerification(faults: number): Promise<void> {
    await noteFinding(this.pool, VERIFICATION, '', faults);
  }
}
