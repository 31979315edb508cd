import { Inject, Injectable } from '@nestjs/common';
import { LedgerPool } from '../../database/ledger-pool.js';
import type { Slot } from './sample-buffer.js';
import { SERIES, type Counter, type Gauge } from './series.js';

const ADD = `
  INSERT INTO alerting.sample (node, slot, name, label, at, value)
  SELECT $1, s.slot, s.name, s.label, clock_timestamp() - s.age_ms * interval '1 ms', s.value
  FROM unnest($2::int[], $3::text[], $4::text[], $5::float8[], $6::float8[]) AS s (slot, name, label, age_ms, value)
  ON CONFLICT DO NOTHING`;

const SUMS = `
  SELECT label, sum(value) AS value FROM alerting.sample
  WHERE name = $1 AND at > clock_timestamp() - $2 * interval '1 ms' GROUP BY label ORDER BY label`;

/** What each node saw last, as long as that is recent. */
const PRESENT = `
  SELECT label, sum(value) AS value FROM (
    SELECT DISTINCT ON (node, label) label, value FROM alerting.sample
    WHERE name = $1 AND at > clock_timestamp() - $2 * interval '1 ms' ORDER BY node, label, at DESC) newest
  GROUP BY label ORDER BY label`;

const DROP = `DELETE FROM alerting.sample WHERE name = ANY ($1) AND at < clock_timestamp() - $2 * interval '1 ms'`;

/** A sum over all nodes. */
export interface LabelledSum {
  label: string;
  value: number;
}

/** What all nodes counted, in the database. */
@Injectable()
export class SamplesStore {
  constructor(@Inject(LedgerPool) private readonly pool: LedgerPool) {}

  /** Writes a node's slots; those that are there already stay as they are. @param nowMs by the clock that closed them */
  async add(node: string, slots: readonly Slot[], nowMs: number): Promise<void> {
    const rows = slots.flatMap(({ number, closedAtMs, samples }) =>
      samples.map((sample) => ({ ...sample, number, ageMs: nowMs - closedAtMs })),
    );
    await this.pool.query('samples_add', ADD, [
      node,
      rows.map(({ number }) => number),
      rows.map(({ name }) => name),
      rows.map(({ label }) => label),
      rows.map(({ ageMs }) => ageMs),
      rows.map(({ value }) => value),
    ]);
  }

  /** What was counted, by label. */
  sums(name: Counter, windowMs: number): Promise<LabelledSum[]> {
    return this.pool.query<LabelledSum>('samples_sums', SUMS, [name, windowMs]);
  }

  /** What is seen now, by label. @param freshMs how old the word of a node may be */
  present(name: Gauge, freshMs: number): Promise<LabelledSum[]> {
    return this.pool.query<LabelledSum>('samples_present', PRESENT, [name, freshMs]);
  }

  async drop(olderThanMs: number): Promise<void> {
    await this.pool.query('samples_drop', DROP, [SERIES, olderThanMs]);
  }
}
