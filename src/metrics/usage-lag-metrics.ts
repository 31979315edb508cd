import { Inject, Injectable } from '@nestjs/common';
import { UsageLag } from '../usage/usage-lag.js';
import { Gathering } from './gathering.js';
import { MetricsRegistry } from './metrics-registry.js';
import { gauge, known } from './samples.js';

/** How far the sums of usage reports are behind. */
@Injectable()
export class UsageLagMetrics {
  constructor(
    @Inject(MetricsRegistry) registry: MetricsRegistry,
    @Inject(Gathering) gathering: Gathering,
    @Inject(UsageLag) lag: UsageLag,
  ) {
    const backlog = gathering.add('usage', () => lag.backlog());
    gauge(registry, {
      name: 'mcp_usage_backlog_requests',
      help: 'Requests of all processes that ended and are in no usage report yet; more than 100,000 are not counted.',
      read: () => known(backlog.latest?.requests),
    });
    gauge(registry, {
      name: 'mcp_usage_lag_seconds',
      help: 'Since the oldest of them ended; 0: there are none.',
      read: () => known(backlog.latest?.oldestSeconds),
    });
  }
}
