import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An attribute as OTLP writes it in JSON. */
interface OtlpAttribute {
  key: string;
  value: { stringValue?: string; intValue?: number; doubleValue?: number; boolValue?: boolean; arrayValue?: object };
}

/** A span as OTLP writes it in JSON (the fields that tests look at). */
interface OtlpSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: OtlpAttribute[];
  events: { name: string }[];
  status: { code?: number };
}

interface OtlpBody {
  resourceSpans: { resource: { attributes: OtlpAttribute[] }; scopeSpans: { spans: OtlpSpan[] }[] }[];
}

/** A span that came. */
export interface CollectedSpan {
  traceId: string;
  spanId: string;
  parentSpanId: string | undefined;
  name: string;
  /** 1: internal, 2: server, 3: client. */
  kind: number;
  beganAtMs: number;
  durationMs: number;
  attributes: Record<string, unknown>;
  events: string[];
  hasFailed: boolean;
  service: unknown;
}

/** Takes traces by OTLP over HTTP, as a collector does. */
export class TraceCollector {
  readonly spans: CollectedSpan[] = [];
  /** What came, as it came. */
  readonly bodies: string[] = [];
  readonly headers: IncomingMessage['headers'][] = [];
  /** What it answers with. */
  status = 200;
  private readonly server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (request.url === '/v1/traces' && this.status === 200) this.take(request, Buffer.concat(chunks).toString());
      response.writeHead(this.status, { 'Content-Type': 'application/json' }).end('{}');
    });
  });

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  private take({ headers }: IncomingMessage, text: string): void {
    this.bodies.push(text);
    this.headers.push(headers);
    for (const { resource, scopeSpans } of (JSON.parse(text) as OtlpBody).resourceSpans) {
      const service = valuesOf(resource.attributes)['service.name'];
      this.spans.push(...scopeSpans.flatMap(({ spans }) => spans.map((span) => collected(span, service))));
    }
  }
}

function collected(span: OtlpSpan, service: unknown): CollectedSpan {
  const { traceId, spanId, parentSpanId, name, kind, attributes, events, status } = span;
  const [beganAtMs, endedAtMs] = [span.startTimeUnixNano, span.endTimeUnixNano].map((nanos) => Number(nanos) / 1e6);
  return {
    traceId,
    spanId,
    parentSpanId,
    name,
    kind,
    beganAtMs: beganAtMs!,
    durationMs: endedAtMs! - beganAtMs!,
    attributes: valuesOf(attributes),
    events: events.map((event) => event.name),
    hasFailed: status.code === 2,
    service,
  };
}

function valuesOf(attributes: readonly OtlpAttribute[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}
