import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { Context, SpanOptions, Span } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider, type SpanExporter } from '@opentelemetry/sdk-trace-node';
import { ATTR_SERVICE_NAME } from '@opentelemetry/semantic-conventions';
import { ATTR_SERVICE_INSTANCE_ID } from '@opentelemetry/semantic-conventions/incubating';
import { Ledger } from '../billing/ledger/ledger.js';
import { answerWithin } from '../common/answer-within.js';
import { RareWarning } from '../common/logging/rare-warning.js';
import type { TracingSettings } from '../config/tracing-settings.js';
import { samplerOf } from './sampler.js';

/** What traces are configured by: the provider of it is there only where something is traced. */
export const TRACING = Symbol('TracingSettings');

/** A collector that is not there must not keep the process from ending. */
const CLOSES_WITHIN_MS = 2_000;

/** Makes spans and sends them, some at a time and in the background, to whoever takes them. Nothing waits for it. */
@Injectable()
export class Tracer implements OnApplicationShutdown {
  private readonly provider: NodeTracerProvider;

  constructor(@Inject(TRACING) settings: TracingSettings, @Inject(Ledger) { nodeId }: Ledger) {
    const { url, headers, serviceName, attributes } = settings;
    const exporter = new OTLPTraceExporter({ url, headers: { ...headers } });
    this.provider = new NodeTracerProvider({
      resource: resourceFromAttributes({
        ...attributes,
        [ATTR_SERVICE_NAME]: serviceName,
        [ATTR_SERVICE_INSTANCE_ID]: nodeId,
      }),
      sampler: samplerOf(settings),
      spanProcessors: [new BatchSpanProcessor(complaining(exporter))],
    });
  }

  startSpan(name: string, options: SpanOptions, context: Context): Span {
    return this.provider.getTracer('mcp-server').startSpan(name, options, context);
  }

  /** Sends what it has. @throws Error where that fails */
  flush(): Promise<void> {
    return this.provider.forceFlush();
  }

  async onApplicationShutdown(): Promise<void> {
    await answerWithin(this.provider.shutdown(), CLOSES_WITHIN_MS).catch(() => undefined);
  }
}

/** OpenTelemetry keeps its failures to itself unless it is given a logger for the whole process. */
function complaining(exporter: SpanExporter): SpanExporter {
  const warning = new RareWarning(new Logger('Tracing'));
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        if (result.error) warning.warn(`${spans.length} spans could not be sent: ${result.error.message}`);
        done(result);
      }),
    shutdown: () => exporter.shutdown(),
    forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
  };
}
