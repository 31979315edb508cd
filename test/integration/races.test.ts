import { randomUUID } from 'node:crypto';
import { startTestApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { readLedger } from '../support/ledger-audit.js';
import { connect, type SocketClient } from '../support/socket-client.js';

describe('frames that cross each other', () => {
  let gateway: TestApp;
  let client: SocketClient;
  const chat = (model: string, fields: Record<string, unknown> = {}) => ({
    id: randomUUID(),
    type: 'chat',
    provider: 'auto',
    model,
    messages: [{ role: 'user', content: 'hello' }],
    stream: true,
    ...fields,
  });

  beforeAll(async () => {
    gateway = await startTestApp({ DEFAULT_PRICE_USD_PER_MTOK: '1,2', RATE_LIMITS: 'off' });
  });
  afterAll(() => gateway.close());
  beforeEach(async () => {
    client = await connect(gateway.wsUrl, gateway.token('alice'));
    gateway.simulator.reset();
  });
  afterEach(async () => {
    await client.close();
    const ledger = await eventually(async () => {
      const facts = await readLedger(gateway.databaseUrl, 'alice');
      expect(facts.pendingHolds).toBe(0);
      return facts;
    });
    expect(ledger).toMatchObject({ held: 0n, faults: [] });
  });

  it.each(['at once', 'amid it'])(
    'another body under the id of an answer, sent %s, takes nothing away',
    async (when) => {
      const request = chat('sim-40-10ms');
      client.send(request);
      if (when === 'amid it') await client.first('a chunk', ({ id, seq }) => id === request.id && seq === 5);
      client.send({ ...request, model: 'sim-2-1ms' });
      const isOfIt = ({ id }: { id: string }) => id === request.id;
      await client.first('the refusal', (frame) => isOfIt(frame) && frame.error?.code === 'CONFLICT');
      await client.first('the end', (frame) => isOfIt(frame) && frame.type === 'done');
      const seqs = client.frames(request.id).flatMap(({ seq }) => seq ?? []);
      expect(seqs).toEqual(Array.from({ length: 41 }, (_, index) => index + 1));
    },
  );

  it('a repeat is not told of the refusal of another body that is asked for at the same moment', async () => {
    const other = await connect(gateway.wsUrl, gateway.token('alice'));
    const requests = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const request = chat('sim-2-1ms');
        await client.ask(request);
        return request;
      }),
    );
    const again = await connect(gateway.wsUrl, gateway.token('alice'));
    for (const request of requests) {
      other.send({ ...request, model: 'sim-3-1ms' });
      again.send(request);
    }
    for (const { id } of requests) {
      expect((await other.terminal(id)).error).toMatchObject({ code: 'CONFLICT' });
      expect(await again.terminal(id)).toMatchObject({ type: 'done' });
    }
    await Promise.all([other.close(), again.close()]);
  });

  it('a request that is repeated at once is generated once, and shown whole', async () => {
    const requests = Array.from({ length: 40 }, () => chat('sim-10-2ms'));
    for (const request of requests) {
      client.send(request);
      client.send(request);
      client.send({ ...request, lastSeq: 0 });
    }
    for (const { id } of requests) {
      expect((await client.terminal(id)).type).toBe('done');
      expect(client.frames(id).map(({ seq }) => seq)).toEqual(Array.from({ length: 11 }, (_, index) => index + 1));
    }
    expect(gateway.simulator.stats().requests).toBe(40);
  });

  it('the same request on two sockets at once is generated once, and both are shown it', async () => {
    const other = await connect(gateway.wsUrl, gateway.token('alice'));
    const requests = Array.from({ length: 40 }, () => chat('sim-10-2ms'));
    for (const request of requests) for (const socket of [client, other]) socket.send(request);
    for (const { id } of requests) {
      await Promise.all([client.terminal(id), other.terminal(id)]);
      expect(other.frames(id)).toEqual(client.frames(id));
    }
    expect(gateway.simulator.stats().requests).toBe(40);
    await other.close();
  });

  it('a cancel right after its request stops it, from the same socket and from another', async () => {
    const other = await connect(gateway.wsUrl, gateway.token('alice'));
    for (const canceller of [client, other]) {
      const requests = Array.from({ length: 20 }, () => chat('sim-1000-20ms'));
      for (const request of requests) client.send(request);
      if (canceller === other)
        await Promise.all(requests.map(({ id }) => client.first('a chunk', (frame) => frame.id === id)));
      for (const { id } of requests) canceller.send({ id, cancel: true });
      for (const { id } of requests) {
        expect(await client.terminal(id)).toMatchObject({ error: { code: 'CANCELLED' } });
        expect(await canceller.terminal(id)).toMatchObject({ error: { code: 'CANCELLED' } });
      }
    }
    await other.close();
    await eventually(() => expect(gateway.simulator.stats().open).toBe(0));
  });

  it('a resume that arrives as the stream ends is shown the end', async () => {
    const other = await connect(gateway.wsUrl, gateway.token('alice'));
    for (let round = 0; round < 60; round++) {
      const request = chat('sim-3-1ms');
      client.send(request);
      await client.first('the last chunk', ({ id, seq }) => id === request.id && seq === 3);
      other.send({ id: request.id, lastSeq: round % 4 });
      await client.terminal(request.id);
      expect((await other.terminal(request.id)).seq).toBe(4);
      expect(other.frames(request.id)).toEqual(client.frames(request.id).slice(round % 4));
    }
    await other.close();
  });

  it('a resume from beyond the end is shown the end all the same', async () => {
    const request = chat('sim-3-1ms');
    const end = await client.ask(request);
    client.forget(request.id);
    expect(await client.ask({ ...request, lastSeq: 4 })).toEqual(end);
    client.forget(request.id);
    expect(await client.ask({ id: request.id, lastSeq: 9_999_999_999 })).toEqual(end);
  });

  it('a socket that is lost while its request is being held loses nothing', async () => {
    const requests = Array.from({ length: 20 }, () => chat('sim-5-2ms'));
    for (const request of requests) client.send(request);
    await client.terminate();
    client = await connect(gateway.wsUrl, gateway.token('alice'));
    for (const request of requests) expect((await client.ask({ ...request, lastSeq: 0 })).type).toBe('done');
    expect(gateway.simulator.stats().requests).toBeLessThanOrEqual(20);
  });
});
