import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { answerWithin } from '../../common/answer-within.js';
import { RepeatingTask } from '../../billing/ledger/repeating-task.js';
import { FallbackOrchestrator } from '../../orchestrator/fallback-orchestrator.js';
import { ProviderBreakers } from '../../orchestrator/provider-breakers.js';
import type { ProviderCall } from '../../orchestrator/provider-call.js';
import { countsAgainstProvider } from '../../providers/contract/provider-error.js';
import { RequestJudge } from './request-judge.js';
import { boundOf } from './response-times.js';
import { SampleBuffer, type Sample } from './sample-buffer.js';
import { SamplesStore } from './samples.store.js';
import { COUNTERS, GAUGES } from './series.js';
import { SLOT_MS } from './slot-time.js';

const LAST_SLOT_WITHIN_MS = 1_000;

/** Counts what happens in this process, and writes it down for whoever looks at all nodes. */
@Injectable()
export class AlertSampler implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly node = randomUUID();
  private readonly buffer = new SampleBuffer();
  private readonly task = new RepeatingTask(SLOT_MS, () => this.write());
  private readonly unlisten: (() => void)[];

  constructor(
    @Inject(SamplesStore) private readonly store: SamplesStore,
    @Inject(FallbackOrchestrator) private readonly orchestrator: FallbackOrchestrator,
    @Inject(ProviderBreakers) breakers: ProviderBreakers,
    @Inject(RequestJudge) judge: RequestJudge,
  ) {
    this.unlisten = [
      orchestrator.calls.add((call) => this.called(call)),
      breakers.openings.add((endpointId) => this.buffer.count(COUNTERS.openings, endpointId)),
      judge.responses.add((timeMs) => this.buffer.count(COUNTERS.responses, String(boundOf(timeMs)))),
      judge.verdicts.add((verdict) => {
        this.buffer.count(COUNTERS.requests);
        if (verdict === 'failed') this.buffer.count(COUNTERS.failedRequests);
      }),
    ];
  }

  onApplicationBootstrap(): void {
    this.task.start();
  }

  async onApplicationShutdown(): Promise<void> {
    for (const stop of this.unlisten) stop();
    await this.task.stop();
    await answerWithin(this.write(), LAST_SLOT_WITHIN_MS).catch(() => undefined);
  }

  /** Ends the slot, and writes all that are not written. @throws what the database said; they are kept then */
  async write(): Promise<void> {
    this.buffer.close(performance.now(), this.seen());
    const slots = [...this.buffer.unwritten];
    if (slots.length === 0) return;
    await this.store.add(this.node, slots, performance.now());
    this.buffer.forget(slots.at(-1)!.number);
  }

  private called({ providerId, outcome }: ProviderCall): void {
    if (outcome === 'aborted') return;
    this.buffer.count(COUNTERS.calls, providerId);
    if (outcome !== 'answered' && countsAgainstProvider(outcome)) this.buffer.count(COUNTERS.failedCalls, providerId);
  }

  private seen(): Sample[] {
    const waiting = new Map<string, number>();
    const standings = this.orchestrator.health();
    for (const each of standings) waiting.set(each.providerId, each.waiting);
    return [
      ...standings
        .filter(({ breaker }) => breaker !== 'closed')
        .map(({ id }) => ({ name: GAUGES.openBreakers, label: id, value: 1 })),
      ...[...waiting].map(([label, value]) => ({ name: GAUGES.waiting, label, value })),
    ];
  }
}
