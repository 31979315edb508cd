import { randomUUID } from 'node:crypto';
import { UserEventHub } from '../../src/events/user-events.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { RestClient } from '../support/rest-client.js';
import { connect, type Frame, type SocketClient } from '../support/socket-client.js';
import { startTcpProxy } from '../support/tcp-proxy.js';

const VARIABLES = { DEFAULT_PRICE_USD_PER_MTOK: '1,2', CREDITS_LOW: '9999.9' };
const clients: SocketClient[] = [];
let first: TestApp;
let second: TestApp;
let admin: RestClient;

beforeAll(async () => {
  first = await startTestApp(VARIABLES);
  second = await startTestApp({ ...VARIABLES, DATABASE_URL: first.databaseUrl });
  admin = new RestClient(first.url, first.token('root', ['admin']));
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
});
afterAll(async () => {
  await second.close();
  await first.close();
});

const newUser = () => `user-${randomUUID()}`;
const chat = (changes: object = {}) => ({
  id: randomUUID(),
  type: 'chat',
  provider: 'auto',
  model: 'sim-5-1ms',
  messages: [{ role: 'user', content: 'hello' }],
  stream: true,
  ...changes,
});
const act = (user: string, what: string, body: object = { reason: 'a test' }) =>
  admin.post(`/api/mcp/admin/accounts/${user}/${what}`, body);
const hubOf = ({ app }: TestApp) => app.get(UserEventHub, { strict: false });
const waiting = (requestId: string) => ({ channel: 'requests', event: 'request.waiting', data: { requestId } });

async function open(app: TestApp, user: string, roles?: string[]): Promise<SocketClient> {
  const client = await connect(app.wsUrl, app.token(user, roles));
  clients.push(client);
  return client;
}

/** Subscribes and waits for the answer. */
async function subscribe(client: SocketClient, id: string, channel: string): Promise<void> {
  client.send({ id, type: 'subscribe', channel });
  await client.first(`the answer to '${id}'`, (frame) => frame.id === id && named(frame, 'subscribed'));
}

const named = (frame: Frame, event: string) => 'event' in frame && frame.event === event;

/** What came of a subscription, without who and what. */
const heard = (client: SocketClient, id: string): Record<string, unknown>[] =>
  client.frames(id).map((frame) => {
    const { event, data } = frame as unknown as { event: string; data: Record<string, unknown> };
    return { event, ...data };
  });
const last = (client: SocketClient, id: string, event: string) =>
  heard(client, id).findLast((each) => each.event === event);

describe('subscribers to their account', () => {
  it('are answered, and told what they have; a user that was never seen has its signup credits', async () => {
    const client = await open(first, newUser());
    client.send({ id: 's-1', type: 'subscribe', channel: 'account' });
    await client.first('the balance', (frame) => named(frame, 'credits.changed'));
    expect(client.received).toEqual([
      { id: 's-1', type: 'event', channel: 'account', event: 'subscribed', data: {} },
      {
        id: 's-1',
        type: 'event',
        channel: 'account',
        event: 'credits.changed',
        data: { balance: 10_000, held: 0, available: 10_000 },
      },
    ]);
  });

  it('hear of holds and charges that another node makes, and end at the balance of the receipt', async () => {
    const user = newUser();
    const there = await open(second, user);
    await subscribe(there, 'mine', 'account');
    const here = await open(first, user);
    const request = chat({ model: 'sim-60-20ms' });
    here.send(request);
    await eventually(() => expect(heard(there, 'mine').some(({ held }) => Number(held) > 0)).toBe(true));
    const { balance } = await here.terminal(request.id);
    await eventually(() => {
      const state = { balance, held: 0, available: balance };
      expect(last(there, 'mine', 'credits.changed')).toEqual({ event: 'credits.changed', ...state });
    });
    expect(balance).toBeLessThan(10_000);
  });

  it('hear that it was frozen and unfrozen, whichever node did it; who comes later is told that it is', async () => {
    const user = newUser();
    const there = await open(second, user);
    await subscribe(there, 'mine', 'account');
    await there.first('the balance', (frame) => named(frame, 'credits.changed'));
    const frozen = () => heard(there, 'mine').filter(({ event }) => event === 'account.frozen');
    await act(user, 'freeze');
    await eventually(() => expect(frozen()).toEqual([{ event: 'account.frozen', frozen: true }]));
    await subscribe(there, 'later', 'account');
    await eventually(() =>
      expect(last(there, 'later', 'account.frozen')).toEqual({ event: 'account.frozen', frozen: true }),
    );
    await act(user, 'unfreeze');
    await eventually(() => expect(frozen()[1]).toEqual({ event: 'account.frozen', frozen: false }));
    expect(frozen()).toHaveLength(2);
  });

  it('hear once that credits are low, and again only after they were not', async () => {
    const user = newUser();
    const client = await open(first, user);
    await subscribe(client, 'mine', 'account');
    await client.first('the balance', (frame) => named(frame, 'credits.changed'));
    const lows = () => heard(client, 'mine').filter(({ event }) => event === 'credits.low');
    expect(lows()).toEqual([]);
    for (let index = 0; index < 3; index++) {
      const { balance } = await client.ask(chat({ model: 'sim-60-1ms' }));
      await eventually(() => expect(last(client, 'mine', 'credits.changed')).toMatchObject({ balance, held: 0 }));
    }
    expect(lows()).toEqual([{ event: 'credits.low', available: expect.any(Number), threshold: 9_999.9 }]);
    await act(user, 'grants', { credits: 100, reason: 'a gift', idempotencyKey: 'gift' });
    await eventually(() => expect(Number(last(client, 'mine', 'credits.changed')?.['available'])).toBeGreaterThan(1e4));
    client.send(chat({ model: 'sim-40-50ms', maxTokens: 100_000 })); // holds 400 credits for two seconds
    await eventually(() => expect(lows()).toHaveLength(2));
  });

  it('are told at once that credits are low already', async () => {
    const user = newUser();
    const client = await open(first, user);
    await client.ask(chat({ model: 'sim-60-1ms' }));
    await subscribe(client, 'mine', 'account');
    await eventually(() => expect(last(client, 'mine', 'credits.low')).toMatchObject({ threshold: 9_999.9 }));
  });

  it('are hundreds, and each hears of its own account alone', async () => {
    const users = Array.from({ length: 300 }, newUser);
    const all = await Promise.all(users.map((user) => open(second, user)));
    for (const client of all) client.send({ id: 'mine', type: 'subscribe', channel: 'account' });
    await eventually(() => {
      for (const client of all) expect(last(client, 'mine', 'credits.changed')).toMatchObject({ balance: 10_000 });
    });
    await act(users[7]!, 'grants', { credits: 1, reason: 'a gift', idempotencyKey: 'gift' });
    await eventually(() => expect(last(all[7]!, 'mine', 'credits.changed')).toMatchObject({ balance: 10_001 }));
    all[7]!.socket.terminate();
    await act(users[8]!, 'grants', { credits: 1, reason: 'a gift', idempotencyKey: 'gift' });
    await eventually(() => expect(last(all[8]!, 'mine', 'credits.changed')).toMatchObject({ balance: 10_001 }));
    expect(all.filter((client) => client.received.length > 2)).toEqual([all[7], all[8]]);
  });

  it('hear nothing while the database is away, and the newest state when it is back', async () => {
    const url = new URL(first.databaseUrl);
    const proxy = await startTcpProxy({ host: url.hostname, port: Number(url.port) });
    url.port = String(proxy.port);
    const third = await startTestApp({ ...VARIABLES, DATABASE_URL: url.href });
    try {
      const user = newUser();
      const client = await open(third, user);
      await subscribe(client, 'mine', 'account');
      await client.first('the balance', (frame) => named(frame, 'credits.changed'));
      proxy.cut();
      await act(user, 'grants', { credits: 1, reason: 'a gift', idempotencyKey: 'one' });
      await act(user, 'grants', { credits: 2, reason: 'a gift', idempotencyKey: 'two' });
      await subscribe(client, 'meanwhile', 'account');
      proxy.restore();
      for (const id of ['mine', 'meanwhile'])
        await eventually(() => expect(last(client, id, 'credits.changed')).toMatchObject({ balance: 10_003 }));
      expect(heard(client, 'mine').map(({ event }) => event)).toEqual([
        'subscribed',
        'credits.changed',
        'credits.changed',
      ]);
    } finally {
      await third.close();
      await proxy.close();
    }
  });
});

describe('subscriptions', () => {
  it('bring what any node publishes for their user, and to nobody else', async () => {
    const [alice, bob] = [newUser(), newUser()];
    const there = await open(second, alice);
    const stranger = await open(second, bob);
    for (const client of [there, stranger])
      for (const channel of ['requests', 'videos']) await subscribe(client, channel, channel);
    hubOf(first).publish(alice, 'requests', 'request.waiting', { requestId: 'r-1' });
    hubOf(first).publish(bob, 'requests', 'request.waiting', { requestId: 'r-2' });
    await eventually(() => expect(there.received.at(-1)).toEqual({ id: 'requests', type: 'event', ...waiting('r-1') }));
    await eventually(() => expect(stranger.received.at(-1)).toMatchObject(waiting('r-2')));
    expect([there.received.length, stranger.received.length]).toEqual([3, 3]);
  });

  it('of one channel are as many as have ids; one that is ended hears no more', async () => {
    const user = newUser();
    const client = await open(first, user);
    for (const id of ['one', 'two']) await subscribe(client, id, 'requests');
    hubOf(first).publish(user, 'requests', 'request.waiting', { requestId: 'r-1' });
    client.send({ id: 'one', type: 'unsubscribe', channel: 'requests' });
    client.send({ id: 'never', type: 'unsubscribe', channel: 'requests' });
    await client.first('the end of what never was', ({ id }) => id === 'never');
    hubOf(first).publish(user, 'requests', 'request.waiting', { requestId: 'r-2' });
    await eventually(() => expect(last(client, 'two', 'request.waiting')).toMatchObject({ requestId: 'r-2' }));
    expect(heard(client, 'one').map(({ event }) => event)).toEqual(['subscribed', 'request.waiting', 'unsubscribed']);
    expect(heard(client, 'never')).toEqual([{ event: 'unsubscribed' }]);
  });

  it('that are repeated begin anew, and hear everything once', async () => {
    const user = newUser();
    const client = await open(first, user);
    await subscribe(client, 'mine', 'requests');
    client.forget('mine');
    await subscribe(client, 'mine', 'requests');
    hubOf(first).publish(user, 'requests', 'request.waiting', { requestId: 'r-1' });
    await subscribe(client, 'barrier', 'requests');
    expect(heard(client, 'mine')).toEqual([{ event: 'subscribed' }, { event: 'request.waiting', requestId: 'r-1' }]);
  });

  it('end with their socket', async () => {
    const user = newUser();
    const client = await open(first, user);
    await subscribe(client, 'mine', 'requests');
    expect(hubOf(first).isListening(user, 'requests')).toBe(true);
    await client.close();
    await eventually(() => expect(hubOf(first).isListening(user, 'requests')).toBe(false));
  });

  it('of a reader that is too slow hold little, and give it the newest when it reads again', async () => {
    const user = newUser();
    const client = await open(first, user);
    await subscribe(client, 'mine', 'requests');
    client.socket.pause();
    const count = 40_000; // 24 MB, far beyond what the kernel takes
    for (let index = 0; index < count; index++) {
      hubOf(first).publish(user, 'requests', 'request.waiting', { requestId: `${'x'.repeat(500)}${index}` });
      if (index % 1_000 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    client.socket.resume();
    await eventually(() => expect(last(client, 'mine', 'request.waiting')?.['requestId']).toMatch(`x${count - 1}`));
    expect(client.received.length).toBeLessThan(count);
    expect(client.socket.readyState).toBe(client.socket.OPEN);
  });

  it('do not disturb an answer, nor it them, even under its id', async () => {
    const user = newUser();
    const client = await open(first, user);
    const request = chat({ model: 'sim-60-10ms' });
    await subscribe(client, request.id, 'account');
    await subscribe(client, request.id, 'requests');
    client.send(request);
    await client.first('a chunk', ({ type }) => type === 'chunk');
    for (let index = 0; index < 20; index++)
      hubOf(second).publish(user, 'requests', 'request.waiting', { requestId: `r-${index}` });
    const end = await client.terminal(request.id);
    await eventually(() => expect(client.received.filter((frame) => named(frame, 'request.waiting'))).toHaveLength(20));
    expect(end).toMatchObject({ type: 'done', usage: { completionTokens: 60 } });
    const answer = client.received.filter(({ type }) => type !== 'event');
    expect(answer.map(({ seq }) => seq)).toEqual(Array.from({ length: 61 }, (_, index) => index + 1));
  });

  it.each([
    [{ channel: 'video' }, ['channel', "channel must be 'videos', 'account' or 'requests'"]],
    [{ channel: null }, ['channel', "channel must be 'videos', 'account' or 'requests'"]],
    [{ chanel: 'account' }, ['chanel', 'chanel is no field of this request (did you mean channel?)']],
    [{ channel: 'account', lastSeq: 1 }, ['lastSeq', 'lastSeq is no field of this request']],
    [{ channel: 'account', id: 7 }, ['id', 'id must be a string of 1 to 128 printable ASCII characters']],
  ])('say what is wrong with %j', async (changes, [field, message]) => {
    const client = await open(first, newUser());
    for (const type of ['subscribe', 'unsubscribe']) {
      client.send({ id: type, type, ...changes });
      const id = 'id' in changes ? '' : type;
      const { error } = await client.first('the refusal', (frame) => frame.id === id && frame.type === 'error');
      expect(error).toMatchObject({ code: 'VALIDATION_ERROR', details: { fields: [{ field, message }] } });
      client.forget(id);
    }
  });

  it('need the capability that the REST routes need', async () => {
    const client = await open(first, newUser(), ['guest']);
    for (const channel of ['account', 'requests', 'videos']) {
      client.send({ id: channel, type: 'subscribe', channel });
      const { error } = await client.terminal(channel);
      expect(error).toMatchObject({ code: 'FORBIDDEN', details: { needed: channel === 'videos' ? 'video' : 'usage' } });
    }
  });

  it('are at most 20 on one socket', async () => {
    const client = await open(first, newUser());
    for (let index = 0; index < 20; index++) await subscribe(client, `${index}`, 'requests');
    client.send({ id: 'beyond', type: 'subscribe', channel: 'requests' });
    expect((await client.terminal('beyond')).error).toMatchObject({ code: 'LIMIT_EXCEEDED', retryable: true });
    await subscribe(client, '7', 'requests');
    client.send({ id: '7', type: 'unsubscribe', channel: 'requests' });
    await subscribe(client, 'within', 'requests');
  });
});
