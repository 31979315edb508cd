import { Inject, Injectable } from '@nestjs/common';
import { Counter, Histogram } from 'prom-client';
import { LedgerMeasures } from '../alerts/measures/ledger-measures.js';
import { RequestJudge } from '../alerts/samples/request-judge.js';
import { RESPONSE_BOUNDS_MS } from '../alerts/samples/response-times.js';
import { AlertPages } from '../alerts/states/alert-pages.js';
import { ALERT_RULES } from '../config/gateway-config/alert-rules.js';
import { Gathering } from './gathering.js';
import { MetricsRegistry } from './metrics-registry.js';
import { gauge, known } from './samples.js';

/** What alerts rest on, as this process counts it, and the alerts themselves. */
@Injectable()
export class AlertMetrics {
  constructor(
    @Inject(MetricsRegistry) registry: MetricsRegistry,
    @Inject(Gathering) gathering: Gathering,
    @Inject(RequestJudge) judge: RequestJudge,
    @Inject(LedgerMeasures) ledger: LedgerMeasures,
    @Inject(AlertPages) alerts: AlertPages,
  ) {
    const registers = [registry];
    const requests = new Counter({
      name: 'mcp_requests_total',
      help: 'Requests to models that are over or were refused: served; failed by a fault of ours or of providers. Others do not count.',
      labelNames: ['verdict'],
      registers,
    });
    const responses = new Histogram({
      name: 'mcp_response_seconds',
      help: 'From the request to its first chunk, or to the whole of an answer that does not stream; durable requests aside.',
      buckets: RESPONSE_BOUNDS_MS.map((bound) => bound / 1_000),
      registers,
    });
    for (const verdict of ['served', 'failed']) requests.inc({ verdict }, 0);
    judge.verdicts.add((verdict) => requests.inc({ verdict }));
    judge.responses.add((timeMs) => responses.observe(timeMs / 1_000));
    const firing = gathering.add('alerts', () => alerts.firing());
    gauge(registry, {
      name: 'mcp_alerts_firing',
      help: 'Alerts that are firing, by rule; of all processes.',
      labelNames: ['alert', 'severity'],
      read: () =>
        (firing.latest ?? []).map(({ rule: alert, severity, count }) => [{ alert, severity }, count] as const),
    });
    const { windowMs } = ALERT_RULES.TokensUnpriced;
    const unpriced = gathering.add('unpriced', () => ledger.unpricedTokens(windowMs));
    gauge(registry, {
      name: 'mcp_requests_unpriced',
      help: 'Requests of the last six hours, of all processes, that used tokens without a price: never any.',
      read: () => known(unpriced.latest?.[0]?.value),
    });
  }
}
