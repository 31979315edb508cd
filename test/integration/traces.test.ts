import { randomUUID } from 'node:crypto';
import { Tracer } from '../../src/tracing/tracer.js';
import { startTestApp, startTestWorker, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { finishes, says } from '../support/openai-events.js';
import { ProviderServer, stream, type ReceivedRequest } from '../support/provider-server.js';
import { RestClient } from '../support/rest-client.js';
import { connect } from '../support/socket-client.js';
import { TraceCollector, type CollectedSpan } from '../support/trace-collector.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const CALLER = '00f067aa0ba902b7';
const TRACE_PARENT = `00-${TRACE}-${CALLER}-01`;
const SERVER = 2;
const CLIENT = 3;

describe('requests, where a collector takes traces', () => {
  let collector: TraceCollector;
  let gateway: TestApp;

  beforeEach(async () => {
    collector = new TraceCollector();
    await collector.start();
    gateway = await startTestApp({
      DEFAULT_PRICE_USD_PER_MTOK: '1,2',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-team=ai',
      OTEL_SERVICE_NAME: 'the-gateway',
    });
  });
  afterEach(async () => {
    await gateway.close();
    await collector.close();
  });

  async function chat(fields: Record<string, unknown> = {}, traceparent?: string): Promise<string> {
    const client = await connect(gateway.wsUrl, gateway.token('alice'), {
      headers: traceparent === undefined ? {} : { traceparent },
    });
    const id = randomUUID();
    const messages = [{ role: 'user', content: 'a secret question [[sim chunks=4 gap=5]]' }];
    await client.ask({ id, type: 'chat', provider: 'auto', model: 'gpt-4', messages, stream: true, ...fields });
    await client.close();
    return id;
  }

  /** The spans of one request, once they have arrived. */
  async function spansOf(id: string): Promise<{ root: CollectedSpan; children: CollectedSpan[] }> {
    return eventually(async () => {
      await gateway.app.get(Tracer).flush();
      const root = collector.spans.find(({ attributes }) => attributes['mcp.request.id'] === id);
      if (!root) throw new Error(`no span of ${id} came`);
      return { root, children: collector.spans.filter(({ parentSpanId }) => parentSpanId === root.spanId) };
    });
  }

  it('are traced through a failover: the hold, each call, the settling', async () => {
    gateway.simulator.setFault({ fault: '503', wire: 'openai' });
    const id = await chat();
    const { root, children } = await spansOf(id);
    expect(root).toMatchObject({ name: 'chat gpt-4', kind: SERVER, hasFailed: false, service: 'the-gateway' });
    expect(root.attributes).toMatchObject({
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': 'gpt-4',
      'gen_ai.provider.name': 'claude',
      'gen_ai.response.model': 'claude-sonnet-5',
      'gen_ai.usage.output_tokens': expect.any(Number),
      'mcp.attempts': expect.any(Number),
    });
    expect(root.events).toEqual(['first chunk']);
    const calls = children.filter(({ kind }) => kind === CLIENT);
    expect(children[0]!.name).toBe('hold');
    expect(children.at(-1)!.name).toBe('settle');
    expect(calls[0]).toMatchObject({
      name: 'chat gpt-4',
      hasFailed: true,
      attributes: { 'gen_ai.provider.name': 'openai', 'http.response.status_code': 503, 'error.type': 'server_error' },
    });
    expect(calls.at(-1)).toMatchObject({
      name: 'chat claude-sonnet-5',
      hasFailed: false,
      events: ['first content'],
      attributes: { 'gen_ai.provider.name': 'claude' },
    });
    for (const { beganAtMs, durationMs, traceId } of children) {
      expect(traceId).toBe(root.traceId);
      expect(durationMs).toBeGreaterThanOrEqual(0);
      expect(beganAtMs).toBeGreaterThanOrEqual(root.beganAtMs);
      expect(beganAtMs + durationMs).toBeLessThanOrEqual(root.beganAtMs + root.durationMs + 0.01);
    }
    expect(Math.abs(root.beganAtMs - Date.now())).toBeLessThan(60_000);
    expect(collector.headers[0]).toMatchObject({ 'x-team': 'ai' });
    expect(collector.bodies.join()).not.toContain('secret question');
  });

  it('belong to the trace of their caller, on the WebSocket and over REST', async () => {
    const { root } = await spansOf(await chat({}, TRACE_PARENT));
    expect(root).toMatchObject({ traceId: TRACE, parentSpanId: CALLER });
    const rest = new RestClient(gateway.url, gateway.token('alice'));
    const body = JSON.stringify({ model: 'gpt-4', messages: [{ role: 'user', content: 'hi' }] });
    const headers = { traceparent: TRACE_PARENT, 'idempotency-key': 'over-rest' };
    expect(await rest.ask('POST', '/v1/chat/completions', body, headers)).toMatchObject({ status: 200 });
    expect((await spansOf('over-rest')).root).toMatchObject({ traceId: TRACE, parentSpanId: CALLER });
  });

  it('are not traced where their caller decided so', async () => {
    await chat({}, TRACE_PARENT.replace(/01$/, '00'));
    const id = await chat();
    await spansOf(id);
    expect(collector.spans.filter(({ kind }) => kind === SERVER)).toHaveLength(1);
  });

  it('say why they were refused, or failed', async () => {
    const refused = await spansOf(await chat({ provider: 'nobody-has-this' }));
    expect(refused.root).toMatchObject({ hasFailed: true, attributes: { 'error.type': expect.any(String) } });
    expect(refused.children).toEqual([]);
    gateway.simulator.setFault({ fault: '500' });
    const failed = await spansOf(await chat());
    expect(failed.root).toMatchObject({ hasFailed: true, attributes: { 'error.type': 'ALL_PROVIDERS_FAILED' } });
    expect(failed.children.filter(({ hasFailed }) => hasFailed).length).toBeGreaterThan(1);
  });

  it('are answered as ever while the collector is down', async () => {
    collector.status = 503;
    const client = await connect(gateway.wsUrl, gateway.token('alice'));
    const messages = [{ role: 'user', content: 'hi' }];
    const request = { type: 'chat', provider: 'openai', model: 'gpt-4', messages, stream: true };
    expect(await client.ask({ id: 'untraced', ...request })).toMatchObject({ type: 'done' });
    await gateway.app
      .get(Tracer)
      .flush()
      .catch(() => undefined);
    await client.close();
    expect(collector.spans).toEqual([]);
  });

  it('go on in the worker that answers them later', async () => {
    const worker = await startTestWorker(gateway, {
      DEFAULT_PRICE_USD_PER_MTOK: '1,2',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    });
    try {
      const id = await chat({ background: true, stream: false }, TRACE_PARENT);
      await eventually(async () => {
        await worker.get(Tracer).flush();
        const root = collector.spans.find(({ attributes }) => attributes['mcp.request.id'] === id);
        expect(root).toMatchObject({
          traceId: TRACE,
          service: 'mcp-server',
          attributes: { 'mcp.request.background': true },
        });
      });
    } finally {
      await worker.close();
    }
  });
});

test('providers are told nothing of a trace', async () => {
  const provider = await ProviderServer.start();
  const gateway = await startTestApp({
    OPENAI_BASE_URL: `${provider.url}/v1`,
    OPENAI_API_KEY: 'key',
    ANTHROPIC_API_KEY: undefined,
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
  });
  try {
    provider.willAnswer(stream(...says('Hello.'), finishes()));
    const client = await connect(gateway.wsUrl, gateway.token('alice'), { headers: { traceparent: TRACE_PARENT } });
    const messages = [{ role: 'user', content: 'hi' }];
    const request = { type: 'chat', provider: 'openai', model: 'gpt-4', messages, stream: true };
    expect(await client.ask({ id: 'asked', ...request })).toMatchObject({ type: 'done' });
    await client.close();
    const [{ headers }] = provider.requests as [ReceivedRequest];
    expect(headers['content-type']).toContain('json');
    expect(JSON.stringify(headers)).not.toContain(TRACE);
  } finally {
    await gateway.close();
    await provider.close();
  }
});

test('nothing is there to trace with where no collector is configured', async () => {
  const gateway = await startTestApp();
  try {
    expect(() => gateway.app.get(Tracer)).toThrow();
  } finally {
    await gateway.close();
  }
});
