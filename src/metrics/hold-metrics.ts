import { Inject, Injectable } from '@nestjs/common';
import { HoldWatch, type HoldFigures } from '../billing/ledger/hold-watch.js';
import { creditsOf } from './credits.js';
import { Gathering } from './gathering.js';
import { MetricsRegistry } from './metrics-registry.js';
import { gauge } from './samples.js';

/** The open holds of all nodes. */
@Injectable()
export class HoldMetrics {
  constructor(
    @Inject(MetricsRegistry) registry: MetricsRegistry,
    @Inject(Gathering) gathering: Gathering,
    @Inject(HoldWatch) watch: HoldWatch,
  ) {
    const holds = gathering.add('holds', () => watch.figures());
    const byOwner = (figure: (holds: HoldFigures) => number) => () =>
      (holds.latest ?? []).map((each) => [{ owner: each.owner }, figure(each)] as const);
    gauge(registry, {
      name: 'mcp_holds_open',
      help: 'Open holds of all nodes, by owner: node (answers that run), queue (durable requests), videos.',
      labelNames: ['owner'],
      read: byOwner(({ open }) => open),
    });
    gauge(registry, {
      name: 'mcp_holds_credits',
      help: 'Credits that are held by them.',
      labelNames: ['owner'],
      read: byOwner(({ amount }) => creditsOf(amount)),
    });
    gauge(registry, {
      name: 'mcp_hold_oldest_seconds',
      help: 'Age of the oldest of them.',
      labelNames: ['owner'],
      read: byOwner(({ oldestSeconds }) => oldestSeconds),
    });
    gauge(registry, {
      name: 'mcp_holds_overdue',
      help: 'Of them, the ones beyond their deadline, which the reaper should have ended.',
      labelNames: ['owner'],
      read: byOwner(({ overdue }) => overdue),
    });
  }
}
