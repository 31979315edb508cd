import { randomUUID } from 'node:crypto';
import type { INestApplicationContext } from '@nestjs/common';
import { Client } from 'pg';
import type { ProvidersResponse } from '../../src/admin/providers.dto.js';
import { ControlRelay } from '../../src/queue/control-relay.js';
import { startTestApp, startTestWorker, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { RestClient } from '../support/rest-client.js';
import { connect, type Frame } from '../support/socket-client.js';
import { generate, videoEnd } from '../support/videos.js';

const PATH = '/api/mcp/admin/providers';

describe('two gateways, and an operator', () => {
  let first: TestApp;
  let second: TestApp;
  let admin: RestClient;
  const atFirst = () => ({
    DATABASE_URL: first.databaseUrl,
    OPENAI_BASE_URL: `${first.simulator.url}/v1`,
    ANTHROPIC_BASE_URL: first.simulator.url,
    OPENAI_API_KEY: 'test',
    ANTHROPIC_API_KEY: 'test',
    SORA_BASE_URL: `${first.simulator.url}/v1`,
    SORA_API_KEY: 'test',
    RUNWAYML_BASE_URL: first.simulator.url,
    RUNWAYML_API_SECRET: 'test',
  });
  beforeEach(async () => {
    first = await startTestApp();
    second = await startTestApp(atFirst());
    admin = new RestClient(first.url, first.token('root', ['admin']));
  });
  afterEach(async () => {
    await second.close();
    await first.close();
  });

  async function ask(gateway: TestApp, changes: object = {}): Promise<Frame> {
    const client = await connect(gateway.wsUrl, gateway.token('alice'));
    try {
      const messages = [{ role: 'user', content: 'hi [[sim completion=3 gap=0]]' }];
      const id = randomUUID();
      return await client.ask({
        id,
        type: 'chat',
        provider: 'openai',
        model: 'gpt-4',
        messages,
        stream: true,
        ...changes,
      });
    } finally {
      await client.close();
    }
  }
  const whoAnswers = async (gateway: TestApp) => (await ask(gateway)).metadata?.provider;
  const act = (id: string, body: object) => admin.post(`${PATH}/${encodeURIComponent(id)}/breaker`, body);
  const asked = () => first.simulator.stats().byWire.openai.requests;
  const look = async (gateway = first) =>
    (await new RestClient(gateway.url, gateway.token('root', ['admin'])).get<ProvidersResponse>(PATH)).body;
  const endpoint = async (gateway = first) =>
    (await look(gateway)).text.find(({ id }) => id === 'openai')!.endpoints[0]!;
  /** A node that hears no messages: only the database tells it. */
  const deafen = (gateway: TestApp) => {
    gateway.app.get(ControlRelay, { strict: false }).onMessage = () => undefined;
  };

  it('a provider that is opened is asked by nobody, on no node, not by those who insist, until it is closed', async () => {
    expect(await whoAnswers(second)).toBe('openai');
    const opened = await act('openai', { action: 'open', reason: 'an incident' });
    expect(opened).toMatchObject({ status: 200, body: { id: 'openai', kind: 'text', action: 'open' } });
    await eventually(async () => expect(await whoAnswers(second)).toBe('claude'), 5_000);
    const before = asked();
    for (let request = 0; request < 3; request++)
      for (const gateway of [first, second]) expect(await whoAnswers(gateway)).toBe('claude');
    expect(await ask(second, { fallback: false })).toMatchObject({
      type: 'error',
      error: { code: 'ALL_PROVIDERS_FAILED', details: { attempts: [{ provider: 'openai', reason: 'circuit_open' }] } },
    });
    expect(asked()).toBe(before);
    expect(await endpoint(second)).toMatchObject({
      breaker: 'open',
      openedBy: { admin: 'root', reason: 'an incident' },
    });
    await act('openai', { action: 'close' });
    await eventually(async () => expect(await whoAnswers(second)).toBe('openai'), 5_000);
    expect(await whoAnswers(first)).toBe('openai');
    expect(await endpoint()).toMatchObject({ breaker: 'closed', openedBy: null });
  });

  it('a node that hears no message, and one that starts later, do as the others', async () => {
    deafen(second);
    await act('openai', { action: 'open' });
    const third = await startTestApp(atFirst());
    try {
      expect(await whoAnswers(third)).toBe('claude'); // from its first request on
    } finally {
      await third.close();
    }
    await eventually(async () => expect(await whoAnswers(second)).toBe('claude'), 6_000);
    await act('openai', { action: 'reset' });
    await eventually(async () => expect(await whoAnswers(second)).toBe('openai'), 6_000);
  });

  it('what failed is listed, and a reset has it asked again at once on every node', async () => {
    first.simulator.setFault({ fault: '401', wire: 'openai', count: 1 });
    expect(await whoAnswers(first)).toBe('claude');
    await eventually(async () => expect((await endpoint(second)).cooldownMs).toBeGreaterThan(0), 5_000);
    const { cooldownMs, recentFailures } = await endpoint();
    expect(cooldownMs).toBeGreaterThan(0);
    expect(recentFailures[0]).toMatchObject({ model: 'gpt-4', reason: 'unauthorized', status: 401 });
    await act('openai', { action: 'close' });
    expect(await whoAnswers(first)).toBe('claude'); // our key is refused there: that is no circuit's affair
    await act('openai', { action: 'reset' });
    expect(await whoAnswers(first)).toBe('openai');
    await eventually(async () => expect(await whoAnswers(second)).toBe('openai'), 5_000);
    expect(await endpoint()).toMatchObject({ cooldownMs: 0, recentFailures: [] });
  });

  it('a circuit that opened by itself is closed by hand', async () => {
    first.simulator.setFault({ fault: '503', wire: 'openai' });
    await eventually(async () => {
      await Promise.all(Array.from({ length: 10 }, () => ask(first)));
      expect((await endpoint()).breaker).toBe('open');
    });
    first.simulator.setFault({ fault: null, wire: 'openai' });
    await act('openai', { action: 'close' });
    expect(await endpoint()).toMatchObject({ breaker: 'closed', cooldownMs: 0 });
    expect(await whoAnswers(first)).toBe('openai');
  });

  it('a video provider that is opened gets no new order: the next one makes the video, or it is refused', async () => {
    const worker: INestApplicationContext = await startTestWorker(first);
    try {
      const alice = new RestClient(first.url, first.token('alice'));
      const { body: ordered } = await generate(alice, { duration: 8 });
      expect(await videoEnd(alice, ordered.videoId)).toMatchObject({ status: 'completed', provider: 'sora' });
      await act('sora', { action: 'open' });
      const { body } = await generate(alice, { duration: 8 });
      expect(await videoEnd(alice, body.videoId)).toMatchObject({ status: 'completed', provider: 'runway' });
      await act('runway', { action: 'open' });
      expect(await generate(alice, { duration: 8 })).toMatchObject({
        status: 503,
        body: { error: { code: 'UNAVAILABLE' } },
      });
      expect((await look()).video).toMatchObject([
        { id: 'sora', openedBy: { admin: 'root', reason: null }, models: expect.arrayContaining(['sora-2']) },
        { id: 'runway', openedBy: { admin: 'root' } },
      ]);
    } finally {
      await worker.close();
    }
  });

  it('a video that waits to be ordered waits on while the only provider of it is opened', async () => {
    const alice = new RestClient(first.url, first.token('alice'));
    const { body } = await generate(alice, { duration: 12 }); // sora alone makes it; no worker is there
    await act('sora', { action: 'open' });
    const worker = await startTestWorker(first);
    try {
      const other = await generate(alice, { duration: 5 }); // runway alone makes it: the worker works
      expect(await videoEnd(alice, other.body.videoId)).toMatchObject({ status: 'completed' });
      expect((await look()).video[0]).toMatchObject({ id: 'sora', waiting: 1, running: 0 });
      expect(first.simulator.videoJobs()).toHaveLength(1);
      await act('sora', { action: 'close' });
      expect(await videoEnd(alice, body.videoId)).toMatchObject({ status: 'completed', provider: 'sora' });
    } finally {
      await worker.close();
    }
  });

  it('each act is in the trail, and what is refused is not done', async () => {
    await act('openai', { action: 'open', reason: 'an incident' });
    const unknown = await act('opnai', { action: 'open' });
    expect(unknown).toMatchObject({
      status: 404,
      body: { error: { code: 'NOT_FOUND', details: { providers: ['claude', 'openai', 'runway', 'sora'] } } },
    });
    expect(await act('openai', { action: 'half-open' })).toMatchObject({
      status: 400,
      body: { error: { details: { fields: [{ field: 'action' }] } } },
    });
    expect(await act('openai', { action: 'open', kind: 'video' })).toMatchObject({ status: 404 });
    const database = new Client({ connectionString: first.databaseUrl });
    await database.connect();
    const { rows } = await database.query(
      "SELECT actor, subject, details FROM audit.event WHERE action = 'admin.breaker' ORDER BY id",
    );
    await database.end();
    expect(rows).toEqual([
      {
        actor: 'user:root',
        subject: 'provider:openai',
        details: { action: 'open', kind: 'text', reason: 'an incident' },
      },
    ]);
    const mallory = new RestClient(first.url, first.token('mallory'));
    expect(await mallory.post(`${PATH}/openai/breaker`, { action: 'close' })).toMatchObject({ status: 403 });
    expect(await mallory.get(PATH)).toMatchObject({ status: 403 });
  });
});
