import { Inject, Injectable } from '@nestjs/common';
import { StreamMemory, type MemoryUse } from '../completions/stream-memory.js';
import { MetricsRegistry } from './metrics-registry.js';
import { alone, counter, gauge } from './samples.js';

const USES: readonly MemoryUse[] = ['sockets', 'unlogged', 'kept', 'rescues', 'answers'];

/** What streams hold in memory, and who does not keep up. */
@Injectable()
export class StreamMetrics {
  constructor(@Inject(MetricsRegistry) registry: MetricsRegistry, @Inject(StreamMemory) memory: StreamMemory) {
    gauge(registry, {
      name: 'mcp_stream_buffered_bytes',
      help: 'What the streams of this process hold in memory, by what for: sockets (not taken yet), unlogged, kept, rescues, answers.',
      labelNames: ['use'],
      read: () => {
        const { counters } = memory;
        return USES.map((use) => [{ use }, counters[use]] as const);
      },
    });
    gauge(registry, {
      name: 'mcp_slow_consumers',
      help: 'Streams that wait for their socket to take what it was given.',
      read: () => alone(memory.counters.slowConsumers),
    });
    counter(registry, {
      name: 'mcp_slow_consumers_closed_total',
      help: 'Sockets that were closed as they took nothing at all.',
      read: () => alone(memory.counters.stuckSockets),
    });
    counter(registry, {
      name: 'mcp_stream_pauses_total',
      help: 'Times that the process held as much as it may, and read no more from providers for a while.',
      read: () => alone(memory.counters.pauseCount),
    });
  }
}
