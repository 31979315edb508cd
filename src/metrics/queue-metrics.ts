import { Inject, Injectable } from '@nestjs/common';
import { QueueWatch, type QueueFigures } from '../queue/queue-watch.js';
import { Gathering } from './gathering.js';
import { MetricsRegistry } from './metrics-registry.js';
import { gauge } from './samples.js';

/** The job queues, as they stand for all processes. */
@Injectable()
export class QueueMetrics {
  constructor(
    @Inject(MetricsRegistry) registry: MetricsRegistry,
    @Inject(Gathering) gathering: Gathering,
    @Inject(QueueWatch) watch: QueueWatch,
  ) {
    const queues = gathering.add('queues', () => watch.figures());
    const ofEach = (figure: (queue: QueueFigures) => number) => () =>
      (queues.latest ?? []).map((each) => [{ queue: each.queue }, figure(each)] as const);
    gauge(registry, {
      name: 'mcp_queue_waiting',
      help: 'Jobs of all processes that could run now and wait for a worker.',
      labelNames: ['queue'],
      read: ofEach(({ waiting }) => waiting),
    });
    gauge(registry, {
      name: 'mcp_queue_oldest_seconds',
      help: 'How long the job that is next in line has waited; 0: none waits.',
      labelNames: ['queue'],
      read: ofEach(({ oldestSeconds }) => oldestSeconds),
    });
    gauge(registry, {
      name: 'mcp_queue_active',
      help: 'Jobs that workers are at.',
      labelNames: ['queue'],
      read: ofEach(({ active }) => active),
    });
    gauge(registry, {
      name: 'mcp_queue_delayed',
      help: 'Jobs that are to run later: what is tried again, and the next look at each video under way.',
      labelNames: ['queue'],
      read: ofEach(({ delayed }) => delayed),
    });
    gauge(registry, {
      name: 'mcp_queue_failed',
      help: 'Jobs that failed as often as they are tried, of those that are still kept.',
      labelNames: ['queue'],
      read: ofEach(({ failed }) => failed),
    });
  }
}
