import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { RepeatingTask } from '../billing/ledger/repeating-task.js';
import { RareWarning } from '../common/logging/rare-warning.js';
import { Gathered } from './gathered.js';
import { MetricsRegistry } from './metrics-registry.js';
import { gauge } from './samples.js';

const EVERY_MS = 15_000;

/** Gathers, again and again, the figures that no scrape may wait for. */
@Injectable()
export class Gathering implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly warning = new RareWarning(new Logger(Gathering.name));
  private readonly all: Gathered<unknown>[] = [];
  private readonly task = new RepeatingTask(EVERY_MS, () => this.gather());

  constructor(@Inject(MetricsRegistry) registry: MetricsRegistry) {
    gauge(registry, {
      name: 'mcp_gathered_age_seconds',
      help: 'How old the figures are that are gathered every 15 s: alerts, holds, queues, unpriced, unsealed, usage, verification, videos. Beyond 90 s they are not told.',
      labelNames: ['what'],
      read: () =>
        this.all.flatMap(({ what, ageSeconds }) => (ageSeconds === undefined ? [] : [[{ what }, ageSeconds] as const])),
    });
  }

  /** @returns what they are, once they are known */
  add<Figures>(what: string, ask: () => Promise<Figures>): Gathered<Figures> {
    const gathered = new Gathered(what, ask);
    this.all.push(gathered);
    return gathered;
  }

  onApplicationBootstrap(): void {
    void this.gather();
    this.task.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.task.stop();
  }

  /** All of them, at once; what fails is logged. */
  async gather(): Promise<void> {
    await Promise.all(
      this.all.map((each) =>
        each
          .gather()
          .catch((error: unknown) => this.warning.warn(`No figures of ${each.what}: ${(error as Error).message}`)),
      ),
    );
  }
}
