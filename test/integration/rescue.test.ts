import { randomUUID } from 'node:crypto';
import { readLedger } from '../support/ledger-audit.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { RestClient } from '../support/rest-client.js';
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
    return (body as { attempts: { provider: string; outcome: string }[] }).attempts.map(
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
