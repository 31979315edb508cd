import { randomUUID } from 'node:crypto';
import type { BillEntry } from '../../src/simulator/bill.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { readLedger } from '../support/ledger-audit.js';
import { connect, type SocketClient } from '../support/socket-client.js';

/** US dollars per million tokens as the vendors' price pages have them, of each class. */
const PRICES = {
  'claude-sonnet-4-5': { input: 3, cached: 0.3, written: 3.75, writtenForAnHour: 6, output: 15 },
  'gpt-4o': { input: 2.5, cached: 1.25, written: 2.5, writtenForAnHour: 2.5, output: 10 },
  'gpt-5': { input: 1.25, cached: 0.125, written: 1.25, writtenForAnHour: 1.25, output: 10 },
  'gpt-5.6-sol': { input: 4, cached: 0.4, written: 5, writtenForAnHour: 5, output: 20 },
} as const;
const CREDITS_PER_USD = 2_000;

/** What the provider's own account comes to, in micro-credits, rounded up. */
function owed({ model, promptTokens, completionTokens, ...classes }: BillEntry): number {
  const price = PRICES[model as keyof typeof PRICES];
  const { cachedTokens: cached = 0, cacheWriteTokens: written = 0, cacheWriteHourTokens: hour = 0 } = classes;
  const plain = promptTokens - cached - written;
  const dollars =
    plain * price.input +
    cached * price.cached +
    (written - hour) * price.written +
    hour * price.writtenForAnHour +
    completionTokens * price.output;
  return Math.ceil(Number((dollars * CREDITS_PER_USD).toFixed(3)));
}

describe('the charge is the provider’s own account', () => {
  let gateway: TestApp;
  let client: SocketClient;
  const long = 'All work and no play makes Jack a dull boy. '.repeat(200);
  const marked = (ttl: '5m' | '1h') => ({
    role: 'system',
    content: [{ type: 'text', text: `${ttl}: ${long}`, cacheBreakpoint: { ttl } }],
  });
  const weather = { name: 'get_weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } };
  const schema = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] };

  beforeAll(async () => {
    gateway = await startTestApp();
    client = await connect(gateway.wsUrl, gateway.token('payer'));
    // The first request opens the account, with credits in it.
    const first = { id: randomUUID(), type: 'chat', provider: 'openai', model: 'gpt-4o', stream: true };
    expect(await client.ask({ ...first, messages: [user('Hi')] })).toMatchObject({ type: 'done' });
  });
  afterAll(async () => {
    await client.close();
    await gateway.close();
  });

  const user = (content: unknown) => ({ role: 'user', content });
  const claude = { provider: 'claude', model: 'claude-sonnet-4-5' };
  const openai = { provider: 'openai', model: 'gpt-4o' };
  const shapes: [string, Record<string, unknown>][] = [
    ['a prompt that is written to Claude’s cache', { ...claude, messages: [marked('5m'), user('one')] }],
    ['and read from it', { ...claude, messages: [marked('5m'), user('two')] }],
    [
      'one that is kept for an hour',
      { ...claude, messages: [marked('1h'), user('[[sim say="x"]]')], model: 'claude-sonnet-4-5' },
    ],
    ['a tool call of Claude', { ...claude, messages: [user('[[sim tool=get_weather]]')], tools: [weather] }],
    ['thoughts of Claude', { ...claude, messages: [user('[[sim think=40]]')], reasoningBudgetTokens: 1_024 }],
    [
      'JSON by a schema of Claude',
      { ...claude, messages: [user('go')], responseFormat: { type: 'json_schema', name: 'x', schema } },
    ],
    ['a long prompt at OpenAI', { ...openai, messages: [{ role: 'system', content: long }, user('one')] }],
    ['and the same again, from the cache', { ...openai, messages: [{ role: 'system', content: long }, user('one')] }],
    ['a tool call of OpenAI', { ...openai, messages: [user('[[sim tool=get_weather]]')], tools: [weather] }],
    ['hidden thoughts', { ...openai, model: 'gpt-5', messages: [user('[[sim think=40]]')], reasoningEffort: 'low' }],
    [
      'a write to OpenAI’s cache',
      { ...openai, model: 'gpt-5.6-sol', messages: [{ role: 'system', content: long }, user('one')] },
    ],
    ['an image', { ...openai, messages: [user([{ type: 'image', url: 'https://example.com/a.png' }])] }],
  ];

  it.each(shapes.flatMap(([name, body]) => [true, false].map((stream) => [name, stream, body] as const)))(
    '%s (streamed: %s)',
    async (_name, stream, body) => {
      const before = (await readLedger(gateway.databaseUrl, 'payer')).posted;
      const answer = await client.ask({ id: randomUUID(), type: 'chat', maxTokens: 2_000, stream, ...body });
      expect(answer).toMatchObject({ usage: { usageSource: 'provider' } });
      const bill = gateway.simulator.stats().bill.at(-1)!;
      expect(bill.model).toBe(body.model);
      const charged = before - (await readLedger(gateway.databaseUrl, 'payer')).posted;
      expect(Number(charged)).toBe(owed(bill));
      expect(answer.usage!.credits).toBe(owed(bill) / 1e6);
    },
  );

  it('was held to accounts with every class of tokens in them', () => {
    const { bill } = gateway.simulator.stats();
    for (const kind of ['cachedTokens', 'cacheWriteTokens', 'cacheWriteHourTokens', 'reasoningTokens'] as const) {
      expect(bill.some((entry) => (entry[kind] ?? 0) > 0)).toBe(true);
    }
  });
});
