import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { eventually } from '../support/eventually.js';
import { readLedger } from '../support/ledger-audit.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { RestClient } from '../support/rest-client.js';
import { answers, counts, finishes, says } from '../support/openai-events.js';
import { openStream, ProviderServer, stream, type Answer } from '../support/provider-server.js';
import { connect, type Frame, type SocketClient } from '../support/socket-client.js';

const TOKENS = 30;
/** What ' 1', ' 2', ' 3' … up to the last one is: the same from every provider. */
const NUMBERS = Array.from({ length: TOKENS }, (_, index) => ` ${index + 1}`).join('');

describe('an answer that breaks off after some of it was shown', () => {
  let gateway: TestApp;
  let client: SocketClient;
  let user = '';

  beforeAll(async () => {
    gateway = await startTestApp({ DEFAULT_PRICE_USD_PER_MTOK: '1,2' });
  });
  afterAll(() => gateway.close());
  beforeEach(async () => {
    gateway.simulator.reset();
    user = randomUUID();
    client = await connect(gateway.wsUrl, gateway.token(user));
  });
  afterEach(() => client.close());

  function chat(directive = '', fields: Record<string, unknown> = {}) {
    return {
      id: randomUUID(),
      type: 'chat',
      provider: 'auto',
      model: 'gpt-4',
      messages: [{ role: 'user', content: `go [[sim completion=${TOKENS} text=numbered gap=1 ${directive}]]` }],
      stream: true,
      ...fields,
    };
  }
  const seqs = (id: string) => client.frames(id).map(({ seq }) => seq);
  const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
  const outcomes = async (id: string) => {
    const rest = new RestClient(gateway.url, gateway.token(user));
    const { body } = await rest.get(`/api/mcp/requests/${id}`);
    return (body as unknown as { attempts: { provider: string; outcome: string }[] }).attempts.map(
      ({ provider, outcome }) => `${provider} ${outcome}`,
    );
  };
  /** Everything that came, and that it was charged once, for one whole answer of this model. */
  async function expectWhole(id: string, end: Frame, model: string): Promise<void> {
    expect(client.text(id)).toBe(NUMBERS);
    expect(seqs(id)).toEqual(upTo(seqs(id).length));
    expect(end).toMatchObject({
      type: 'done',
      usage: { completionTokens: TOKENS, usageSource: 'provider' },
      metadata: { model, finishReason: 'stop' },
    });
    const ledger = await readLedger(gateway.databaseUrl, user);
    expect(ledger).toMatchObject({ held: 0n, pendingHolds: 0, charges: 1, faults: [] });
    expect(Number(ledger.charged)).toBe(Math.round(end.usage!.credits * 1_000_000));
  }

  it.each(['cut', 'end', 'err'] as const)('goes on where it was when the same model repeats it (%s)', async (fault) => {
    gateway.simulator.setFault({ fault, wire: 'openai', afterChunks: 20, count: 1 });
    const request = chat();
    const end = await client.ask(request);
    await expectWhole(request.id, end, 'gpt-4');
    expect(end.metadata).toMatchObject({ provider: 'openai', attempts: 2 });
    const [broken, answered] = await outcomes(request.id);
    expect(broken).toMatch(/^openai (stream_broken|server_error)$/);
    expect(answered).toBe('openai answered');
  });

  it('is charged at the price of the model that finishes it, and names that one where it begins', async () => {
    gateway.simulator.setFault({ fault: 'end', wire: 'openai', afterChunks: 20 });
    const request = chat();
    const end = await client.ask(request);
    await expectWhole(request.id, end, 'claude-sonnet-5');
    expect(await outcomes(request.id)).toEqual(['openai stream_broken', 'openai stream_broken', 'claude answered']);
    const sources = client.frames(request.id).flatMap((frame) => {
      const { seq, model, provider } = frame as Frame & { model?: string; provider?: string };
      return model ? [{ seq, model, provider }] : [];
    });
    expect(sources).toEqual([
      { seq: 1, model: 'gpt-4', provider: 'openai' },
      { seq: 21, model: 'claude-sonnet-5', provider: 'claude' },
    ]);
  });

  it('goes on through several breaks', async () => {
    gateway.simulator.setFault({ fault: 'end', wire: 'openai', afterChunks: 10, count: 1 });
    const request = chat('fault=end after=25 wire=openai');
    const end = await client.ask(request);
    await expectWhole(request.id, end, 'claude-sonnet-5');
    expect(await outcomes(request.id)).toEqual([
      'openai stream_broken',
      'openai stream_broken',
      'openai stream_broken',
      'claude answered',
    ]);
  });
});

describe('an answer that broke off, when another one says something else', () => {
  const SHOWN = ['The answer', ' is forty'];
  const BROKEN = stream(...SHOWN.map(says));
  const OTHER = stream(...answers(['The result', ' is 42.']));
  let provider: ProviderServer;
  let gateway: TestApp;
  let client: SocketClient;
  let user = '';

  beforeAll(async () => {
    provider = await ProviderServer.start();
    gateway = await startTestApp({
      DEFAULT_PRICE_USD_PER_MTOK: '1,2',
      OPENAI_API_KEY: 'key',
      OPENAI_BASE_URL: `${provider.url}/v1`,
      ANTHROPIC_API_KEY: undefined,
    });
  });
  afterAll(async () => {
    await gateway.close();
    await provider.close();
  });
  beforeEach(async () => {
    provider.forget();
    user = randomUUID();
    client = await connect(gateway.wsUrl, gateway.token(user));
  });
  afterEach(() => client.close());

  function ask(answersInTurn: readonly Answer[], fields: Record<string, unknown> = {}): string {
    provider.willAnswer(...answersInTurn);
    const id = randomUUID();
    const messages = [{ role: 'user', content: 'What is it?' }];
    client.send({ id, type: 'chat', provider: 'openai', model: 'gpt-4', messages, stream: true, ...fields });
    return id;
  }
  const charged = async () => {
    const ledger = await readLedger(gateway.databaseUrl, user);
    expect(ledger).toMatchObject({ held: 0n, pendingHolds: 0, faults: [] });
    return { charges: ledger.charges, credits: Number(ledger.charged) / 1_000_000 };
  };
  const outcomes = async (id: string) => {
    const { body } = await new RestClient(gateway.url, gateway.token(user)).get(`/api/mcp/requests/${id}`);
    return (body as unknown as { attempts: { outcome: string }[] }).attempts.map(({ outcome }) => outcome);
  };

  it('ends in an honest error, charged for what was delivered, and hangs up on the other one at once', async () => {
    let isHungUp = false;
    const other: Answer = (response, request) => {
      response.once('close', () => (isHungUp = true));
      openStream(...answers(['The result', ' is 42.']))(response, request);
    };
    const id = ask([BROKEN, other]);
    const end = await client.terminal(id);
    expect(client.text(id)).toBe('The answer is forty');
    expect(end).toMatchObject({
      type: 'error',
      error: { code: 'UPSTREAM_LOST', retryable: true, details: { provider: 'openai', reason: 'stream_broken' } },
      usage: { completionTokens: 4, usageSource: 'estimated' },
    });
    expect(await outcomes(id)).toEqual(['stream_broken', 'diverged']);
    expect(await charged()).toEqual({ charges: 1, credits: end.usage!.credits });
    await eventually(() => expect(isHungUp).toBe(true));
  });

  it('is gone on with where the client asked for that, and charged as one answer by our own count', async () => {
    const continuation = stream(...answers(['answer is forty', '-two.'], 500, 500));
    const id = ask([BROKEN, OTHER, continuation], { onMidStreamFailure: 'continue' });
    const end = await client.terminal(id);
    expect(client.text(id)).toBe('The answer is forty-two.');
    expect(end).toMatchObject({
      type: 'done',
      usage: { completionTokens: 6, usageSource: 'estimated' },
      metadata: { finishReason: 'stop', attempts: 3 },
    });
    expect(end.usage!.promptTokens).toBeLessThan(20);
    expect(await charged()).toEqual({ charges: 1, credits: end.usage!.credits });
    expect(provider.requests).toHaveLength(3);
  });

  it('is continued once: a continuation that breaks off too is the end', async () => {
    const broken = stream(says('-two'), says(' because'));
    const id = ask([BROKEN, OTHER, broken], { onMidStreamFailure: 'continue' });
    const end = await client.terminal(id);
    expect(end.error?.code).toBe('UPSTREAM_LOST');
    expect(client.text(id)).toBe('The answer is forty-two because');
    expect(await charged()).toEqual({ charges: 1, credits: end.usage!.credits });
    expect(provider.requests).toHaveLength(3);
  });

  it('begins anew where the client asked for that, and only the second one is charged', async () => {
    const id = ask([BROKEN, OTHER, stream(...answers(['It is', ' 42.'], 11, 22))], { onMidStreamFailure: 'restart' });
    const end = await client.terminal(id);
    const frames = client.frames(id).map(({ type, seq, data }) => ({ type, seq, data }));
    expect(frames.slice(0, 5)).toEqual([
      { type: 'chunk', seq: 1, data: 'The answer' },
      { type: 'chunk', seq: 2, data: ' is forty' },
      { type: 'restart', seq: 3, data: undefined },
      { type: 'chunk', seq: 4, data: 'It is' },
      { type: 'chunk', seq: 5, data: ' 42.' },
    ]);
    expect(client.frames(id)[3]).toMatchObject({ model: 'gpt-4', provider: 'openai' });
    expect(end).toMatchObject({
      type: 'done',
      usage: { promptTokens: 11, completionTokens: 22, usageSource: 'provider' },
    });
    expect(await charged()).toEqual({ charges: 1, credits: end.usage!.credits });
  });

  it('shows who comes back the restart too, and what a lost node would charge counts from there', async () => {
    const second: Answer = openStream(says('It'), says(' is'));
    const id = ask([BROKEN, OTHER, second], { onMidStreamFailure: 'restart' });
    await client.first('the second answer', (frame) => frame.id === id && frame.seq === 5);
    const again = await connect(gateway.wsUrl, gateway.token(user));
    again.send({ id, lastSeq: 1 });
    await again.first('the second answer', (frame) => frame.id === id && frame.seq === 5);
    expect(again.frames(id).map(({ type }) => type)).toEqual(['chunk', 'restart', 'chunk', 'chunk']);
    expect(await loggedTokens(id)).toEqual([
      { seq: 2, tokens: 4 },
      { seq: 5, tokens: 2 },
    ]);
    await again.close();
    const end = await client.ask({ id, cancel: true });
    expect(end).toMatchObject({ error: { code: 'CANCELLED' }, usage: { completionTokens: 2 } });
    expect(await charged()).toEqual({ charges: 1, credits: end.usage!.credits });
  });

  it('keeps what was shown, and is charged for that, where nothing comes to take its place', async () => {
    const id = ask([BROKEN, OTHER], { onMidStreamFailure: 'restart' });
    const end = await client.terminal(id);
    expect(client.frames(id).map(({ type }) => type)).toEqual(['chunk', 'chunk', 'error']);
    expect(end).toMatchObject({ error: { code: 'UPSTREAM_LOST' }, usage: { completionTokens: 4 } });
    expect(provider.requests).toHaveLength(3); // the answer, the other one, and an error of the server
  });

  it('asks one provider three times at most, however often it breaks off', async () => {
    const breaks = Array.from({ length: 8 }, (_, index) => stream(says(`answer ${index}`), says(' and')));
    const id = ask(breaks, { onMidStreamFailure: 'restart' });
    const end = await client.terminal(id);
    expect(end.error?.code).toBe('UPSTREAM_LOST');
    expect(end.metadata!.attempts).toBe(3);
    expect(provider.requests).toHaveLength(3);
  });

  it('is cancelled in the middle of a rescue like any other, charged for what was delivered', async () => {
    let isHungUp = false;
    const held: Answer = (response, request) => {
      response.once('close', () => (isHungUp = true));
      openStream(says('The answ'))(response, request);
    };
    const id = ask([BROKEN, held]);
    await eventually(() => expect(provider.requests).toHaveLength(2));
    const end = await client.ask({ id, cancel: true });
    expect(end).toMatchObject({ seq: 3, error: { code: 'CANCELLED' }, usage: { completionTokens: 4 } });
    expect(await charged()).toEqual({ charges: 1, credits: end.usage!.credits });
    await eventually(() => expect(isHungUp).toBe(true));
  });

  it('starts over unseen where it is not streamed, at its only provider if need be', async () => {
    const id = ask([BROKEN, stream(...answers(['It is 42.'], 11, 22))], { stream: false });
    const end = await client.terminal(id);
    expect(end).toMatchObject({ type: 'completion', data: 'It is 42.', usage: { completionTokens: 22 } });
    expect(await charged()).toEqual({ charges: 1, credits: end.usage!.credits });
  });

  it('is whole although the count of the one that repeats it comes before what is new', async () => {
    const again = stream(counts(30, 3), says('The answer is forty-two'), finishes());
    const id = ask([BROKEN, again]);
    const end = await client.terminal(id);
    expect(client.text(id)).toBe('The answer is forty-two');
    expect(end).toMatchObject({
      type: 'done',
      usage: { promptTokens: 30, completionTokens: 3, usageSource: 'provider' },
    });
  });

  /** The count of output tokens beside each row of the log. */
  async function loggedTokens(id: string) {
    const database = new Client({ connectionString: gateway.databaseUrl });
    await database.connect();
    try {
      const { rows } = await database.query<{ seq: number; tokens: number }>(
        `SELECT seq_last AS seq, out_tokens AS tokens FROM ledger.stream_chunk WHERE request_id = $1 ORDER BY seq_last`,
        [`ws:${id}`],
      );
      return rows.filter(({ seq }) => seq === 2 || seq === 5);
    } finally {
      await database.end();
    }
  }
});
