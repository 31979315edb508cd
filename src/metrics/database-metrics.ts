import { Inject, Injectable } from '@nestjs/common';
import { Histogram } from 'prom-client';
import { LedgerPool } from '../database/ledger-pool.js';
import { ANSWER_SECONDS } from './buckets.js';
import { MetricsRegistry } from './metrics-registry.js';
import { gauge } from './samples.js';

/** The connections of the hot path, and how long its statements take. */
@Injectable()
export class DatabaseMetrics {
  constructor(@Inject(MetricsRegistry) registry: MetricsRegistry, @Inject(LedgerPool) pool: LedgerPool) {
    gauge(registry, {
      name: 'mcp_database_connections',
      help: "Connections of this process's ledger pool: open, idle; and waiting: statements that wait for one.",
      labelNames: ['state'],
      read: () => Object.entries(pool.usage).map(([state, count]) => [{ state }, count] as const),
    });
    const durations = new Histogram({
      name: 'mcp_database_statement_duration_seconds',
      help: 'Statements of the ledger pool, by name, with the wait for a connection; a group commit is one.',
      labelNames: ['statement', 'result'],
      buckets: ANSWER_SECONDS,
      registers: [registry],
    });
    pool.statements.add(({ name, durationMs, hasFailed }) =>
      durations.observe({ statement: name, result: hasFailed ? 'failed' : 'ok' }, durationMs / 1_000),
    );
  }
}
