import { randomUUID } from 'node:crypto';
import { Gathering } from '../../src/metrics/gathering.js';
import { MetricsServer } from '../../src/metrics/metrics-server.js';
import { startTestApp, startTestWorker, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { readMetrics } from '../support/metrics.js';
import { RestClient } from '../support/rest-client.js';
import { connect, type SocketClient } from '../support/socket-client.js';

describe('the metrics of a gateway', () => {
  let gateway: TestApp;
  let client: SocketClient;

  beforeEach(async () => {
    gateway = await startTestApp({ DEFAULT_PRICE_USD_PER_MTOK: '1,2' });
    client = await connect(gateway.wsUrl, gateway.token('alice'));
  });
  afterEach(async () => {
    await client.close();
    await gateway.close();
  });

  const chat = (content: string, fields: Record<string, unknown> = {}) =>
    client.ask({
      id: randomUUID(),
      type: 'chat',
      provider: 'auto',
      model: 'gpt-4',
      messages: [{ role: 'user', content }],
      stream: true,
      ...fields,
    });

  it('tell of an answer: when it began, when it was whole, its tokens and its price', async () => {
    const { usage } = await chat('hi [[sim chunks=5 gap=20]]');
    const metrics = await readMetrics(gateway.url);
    const openai = { provider: 'openai', model: 'gpt-4' };
    const genAi = { gen_ai_operation_name: 'chat', gen_ai_provider_name: 'openai', gen_ai_request_model: 'gpt-4' };
    expect(metrics.sum('mcp_answers_total', { ...openai, operation: 'chat', outcome: 'done' })).toBe(1);
    const whole = metrics.sum('gen_ai_server_request_duration_seconds_sum', { ...genAi, error_type: '' });
    const first = metrics.sum('gen_ai_server_time_to_first_token_seconds_sum', genAi);
    expect(first).toBeGreaterThan(0);
    expect(whole).toBeGreaterThan(first + 0.06);
    expect(metrics.sum('gen_ai_server_time_per_output_token_seconds_sum', genAi)).toBeGreaterThan(0.01);
    expect(metrics.sum('mcp_answer_longest_gap_seconds_sum', openai)).toBeGreaterThan(0.015);
    expect(metrics.sum('mcp_tokens_total', { ...openai, class: 'input' })).toBe(usage!.promptTokens);
    expect(metrics.sum('mcp_tokens_total', { ...openai, class: 'output' })).toBe(usage!.completionTokens);
    expect(metrics.sum('gen_ai_client_token_usage_sum', { ...genAi, gen_ai_token_type: 'output' })).toBe(
      usage!.completionTokens,
    );
    expect(metrics.sum('mcp_credits_charged_total', openai)).toBeCloseTo(usage!.credits, 6);
    expect(metrics.sum('mcp_provider_calls_total', { provider: 'openai', outcome: 'answered' })).toBe(1);
    expect(metrics.sum('mcp_connections_open')).toBe(1);
    expect(metrics.sum('mcp_frames_received_total')).toBe(1);
    expect(metrics.sum('mcp_frames_sent_total')).toBe(6);
    const ended = (statement: string) => metrics.sum('mcp_database_statement_duration_seconds_count', { statement });
    expect(ended('finish_batch') + ended('log_and_finish_batch')).toBe(1); // by how its bytes arrived
    expect(metrics.sum('process_cpu_seconds_total')).toBeGreaterThan(0);
    expect(metrics.has('nodejs_eventloop_lag_p99_seconds')).toBe(true);
  });

  it('tell of failing over: each call with what came of it, from whom to whom, and the open circuit', async () => {
    await chat('hi [[sim chunks=2]]', { model: 'claude-sonnet-5' });
    gateway.simulator.setFault({ fault: '500', wire: 'openai' });
    for (let asked = 0; asked < 8; asked++) await chat('hi [[sim chunks=2]]', { provider: 'auto' });
    const metrics = await readMetrics(gateway.url);
    expect(metrics.sum('mcp_failovers_total', { from: 'openai', to: 'claude' })).toBe(8);
    const failed = metrics.sum('mcp_provider_calls_total', { provider: 'openai', outcome: 'server_error' });
    expect(failed).toBeGreaterThan(3);
    expect(metrics.sum('gen_ai_client_operation_duration_seconds_count', { error_type: 'server_error' })).toBe(failed);
    expect(metrics.sum('mcp_provider_skips_total', { provider: 'openai' })).toBeGreaterThan(0);
    const standing = metrics.sum('mcp_provider_cooldown_seconds', { endpoint: 'openai' });
    const isOpen = metrics.sum('mcp_provider_breaker_state', { endpoint: 'openai', state: 'open' });
    expect(standing > 0 || isOpen === 1).toBe(true);
    expect(metrics.sum('mcp_provider_breaker_state', { endpoint: 'openai' })).toBe(1);
    expect(metrics.sum('mcp_provider_breaker_opened_total', { endpoint: 'openai' })).toBe(isOpen);
  });

  it('tell of answers that broke off: rescued, or ended with an error', async () => {
    gateway.simulator.setFault({ fault: 'end', wire: 'openai', afterChunks: 3, count: 1 });
    expect(await chat('go [[sim completion=20 text=numbered]]')).toMatchObject({ type: 'done' });
    gateway.simulator.setFault({ fault: 'end', wire: 'openai', afterChunks: 3 });
    expect(await chat('go [[sim completion=20]]', { fallback: false })).toMatchObject({
      error: { code: 'UPSTREAM_LOST' },
    });
    const metrics = await readMetrics(gateway.url);
    expect(metrics.sum('mcp_rescues_total', { way: 'spliced' })).toBe(1);
    expect(metrics.sum('mcp_rescues_total', { way: 'none' })).toBe(1);
    expect(metrics.sum('mcp_answers_total', { provider: 'openai', outcome: 'UPSTREAM_LOST' })).toBe(1);
    expect(metrics.sum('mcp_provider_calls_total', { outcome: 'stream_broken' })).toBeGreaterThanOrEqual(2);
  });

  it('tell of refusals by code, of upgrades, frames and requests over REST', async () => {
    await expect(connect(gateway.wsUrl, 'no token')).rejects.toThrow('401');
    client.send('{"id":"x","type":"chat"}');
    await client.terminal('x');
    await client.ask({ id: 'never-asked', lastSeq: 3 });
    const rest = new RestClient(gateway.url, gateway.token('alice'));
    await rest.get('/api/mcp/requests/unknown');
    await rest.get(`/api/mcp/requests/${randomUUID()}`);
    await rest.get('/nowhere');
    await rest.ask('POST', '/v1/chat/completions', '{"model":"gpt-4"}');
    const metrics = await eventually(async () => {
      const read = await readMetrics(gateway.url);
      expect(read.sum('mcp_http_errors_total')).toBe(4);
      return read;
    });
    expect(metrics.sum('mcp_refusals_total', { on: 'upgrade', code: 'UNAUTHORIZED' })).toBe(1);
    expect(metrics.sum('mcp_refusals_total', { on: 'frame', code: 'VALIDATION_ERROR' })).toBe(1);
    expect(metrics.sum('mcp_refusals_total', { on: 'frame', code: 'NOT_FOUND' })).toBe(1);
    const receipts = { route: '/api/mcp/requests/:id' };
    expect(metrics.sum('mcp_http_errors_total', { ...receipts, code: 'NOT_FOUND' })).toBe(2);
    expect(metrics.sum('mcp_http_request_duration_seconds_count', { ...receipts, status: '404' })).toBe(2);
    expect(metrics.sum('mcp_http_errors_total', { route: 'none', code: 'NOT_FOUND' })).toBe(1);
    expect(metrics.sum('mcp_http_errors_total', { route: '/v1/chat/completions', code: 'VALIDATION_ERROR' })).toBe(1);
  });

  it('name no model that a client made up', async () => {
    gateway.simulator.setFault({ fault: '404', wire: 'openai' });
    for (const model of ['made-up-1', 'made-up-2']) await chat('hi', { provider: 'openai', model, fallback: false });
    const metrics = await readMetrics(gateway.url);
    expect(metrics.sum('mcp_answers_total', { model: 'other', provider: 'none' })).toBe(2);
    expect(metrics.text).not.toContain('made-up');
  });

  it('tell of holds, queues and videos of all processes, without asking for them while they are read', async () => {
    client.send({
      id: 'slow',
      type: 'chat',
      provider: 'openai',
      model: 'gpt-4',
      messages: [{ role: 'user', content: 'hi [[sim chunks=50 gap=100]]' }],
      stream: true,
    });
    await client.first('its first chunk', ({ type }) => type === 'chunk');
    await eventually(async () => {
      await gateway.app.get(Gathering).gather();
      const metrics = await readMetrics(gateway.url);
      expect(metrics.sum('mcp_holds_open', { owner: 'node' })).toBe(1);
      expect(metrics.sum('mcp_holds_overdue')).toBe(0);
      expect(metrics.sum('mcp_holds_credits')).toBeGreaterThan(0);
      expect(metrics.sum('mcp_answers_running')).toBe(1);
      expect(metrics.has('mcp_queue_waiting', { queue: 'videos' })).toBe(true);
      expect(metrics.has('mcp_videos_under_way')).toBe(true);
      expect(metrics.sum('mcp_gathered_age_seconds', { what: 'holds' })).toBeLessThan(15);
    });
    client.send({ id: 'slow', cancel: true });
    expect(await client.terminal('slow')).toMatchObject({ error: { code: 'CANCELLED' } });
    const metrics = await readMetrics(gateway.url);
    expect(metrics.sum('mcp_answers_total', { outcome: 'CANCELLED', provider: 'openai' })).toBe(1);
    expect(metrics.sum('mcp_provider_calls_total', { outcome: 'aborted' })).toBe(1);
  });
});

test("with OPS_TOKEN metrics are the operators' alone, at the gateway and at the door of a worker", async () => {
  const gateway = await startTestApp({ OPS_TOKEN: 'operators-only' });
  const worker = await startTestWorker(gateway, { OPS_TOKEN: 'operators-only', METRICS_PORT: '0' });
  try {
    const doors = [gateway.url, `http://127.0.0.1:${worker.get(MetricsServer).port}`];
    for (const url of doors) {
      expect(await new RestClient(url).get('/metrics')).toMatchObject({
        status: 401,
        body: { error: { code: 'UNAUTHORIZED' } },
      });
      expect(await new RestClient(url, gateway.token('admin', ['admin'])).get('/metrics')).toMatchObject({
        status: 401,
      });
      expect((await readMetrics(url, 'operators-only')).has('mcp_answers_running')).toBe(true);
      expect(await new RestClient(url, 'operators-only').get('/health/live')).toMatchObject({ body: { status: 'ok' } });
    }
    expect(await new RestClient(doors[1]!, 'operators-only').get('/health')).toMatchObject({ status: 404 });
  } finally {
    await worker.close();
    await gateway.close();
  }
}, 60_000);

test('a worker answers durable requests and audits the ledger, and tells of both', async () => {
  const gateway = await startTestApp();
  const worker = await startTestWorker(gateway, { METRICS_PORT: '0' });
  try {
    const client = await connect(gateway.wsUrl, gateway.token('alice'));
    const request = {
      type: 'chat',
      provider: 'openai',
      model: 'gpt-4',
      messages: [{ role: 'user', content: 'hi' }],
      background: true,
      stream: false,
    };
    await eventually(async () => {
      client.forget('later');
      expect(await client.ask({ id: 'later', ...request }, 20_000)).toMatchObject({ type: 'completion' });
    });
    await client.close();
    const url = `http://127.0.0.1:${worker.get(MetricsServer).port}`;
    await eventually(async () => {
      const metrics = await readMetrics(url);
      expect(metrics.sum('mcp_answers_total', { outcome: 'done' })).toBe(1);
      expect(metrics.has('mcp_ledger_audit_findings', { scope: 'new' })).toBe(true);
      expect(metrics.sum('mcp_ledger_audit_findings')).toBe(0);
    });
  } finally {
    await worker.close();
    await gateway.close();
  }
}, 90_000);
