import { randomUUID } from 'node:crypto';
import { ControlRelay } from '../../src/queue/control-relay.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { connect, type Frame } from '../support/socket-client.js';

const PROVIDERS = { OPENAI_API_KEY: 'shared', ANTHROPIC_API_KEY: 'shared' };

describe('two gateways that use the same keys', () => {
  let first: TestApp;
  let second: TestApp;
  beforeEach(async () => {
    first = await startTestApp({ DEFAULT_PRICE_USD_PER_MTOK: '1,2' });
    second = await startTestApp({
      ...PROVIDERS,
      DEFAULT_PRICE_USD_PER_MTOK: '1,2',
      DATABASE_URL: first.databaseUrl,
      OPENAI_BASE_URL: `${first.simulator.url}/v1`,
      ANTHROPIC_BASE_URL: first.simulator.url,
    });
  });
  afterEach(async () => {
    await second.close();
    await first.close();
  });

  async function ask(gateway: TestApp): Promise<Frame> {
    const client = await connect(gateway.wsUrl, gateway.token('alice'));
    try {
      const messages = [{ role: 'user', content: 'hi [[sim completion=3 gap=0]]' }];
      return await client.ask({
        id: randomUUID(),
        type: 'chat',
        provider: 'auto',
        model: 'gpt-4',
        messages,
        stream: true,
      });
    } finally {
      await client.close();
    }
  }
  const asked = () => first.simulator.stats().byWire.openai.requests;

  it.each([
    ['limits the rate of', { fault: '429', retryAfterSeconds: 30 }],
    ['refuses', { fault: '401' }],
  ] as const)('spare one that a provider %s, whichever of them heard it', async (_, fault) => {
    await ask(second); // the way from one to the other is open
    first.simulator.setFault({ ...fault, wire: 'openai', count: 1 });
    const before = asked();
    const sent: string[] = [];
    const relay = second.app.get(ControlRelay, { strict: false });
    const send = relay.send.bind(relay);
    relay.send = (message) => {
      sent.push(message.topic);
      send(message);
    };
    expect((await ask(first)).metadata?.provider).toBe('claude');
    expect(asked()).toBe(before + 1);
    await eventually(async () => expect((await ask(second)).metadata?.provider).toBe('claude'), 5_000);
    const afterwards = asked();
    for (let request = 0; request < 5; request++) expect((await ask(second)).metadata?.provider).toBe('claude');
    expect(asked()).toBe(afterwards);
    expect(sent).not.toContain('endpoint-cooldown'); // what was heard is not told on
  });

  it('keep to themselves that one of them can’t reach a provider', async () => {
    first.simulator.setFault({ fault: '503', wire: 'openai', count: 5 });
    for (let request = 0; request < 6; request++) expect((await ask(first)).metadata?.provider).toBe('claude');
    expect((await ask(second)).metadata?.provider).toBe('openai');
  });
});
