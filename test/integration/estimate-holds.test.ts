import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import type { ReceiptResponse } from '../../src/account/receipt.dto.js';
import { AccountsService } from '../../src/billing/accounts/accounts.service.js';
import type { EstimateResponse } from '../../src/catalogue/estimate.dto.js';
import { parseCredits } from '../../src/common/money/micro-credits.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { pngOf } from '../support/images.js';
import { RestClient } from '../support/rest-client.js';
import { connect, type Frame } from '../support/socket-client.js';

const RUNS = 80;
/** Answers of fewer tokens leave a hold as it was made. */
const SHORT = 50;

let gateway: TestApp;
beforeAll(async () => {
  gateway = await startTestApp({ SIGNUP_CREDITS: '0', RATE_LIMITS: 'off' });
});
afterAll(() => gateway.close());

const text = fc.string({ unit: 'binary', maxLength: 200 });
const image = fc
  .tuple(fc.integer({ min: 1, max: 2_000 }), fc.integer({ min: 1, max: 2_000 }))
  .map(([width, height]) => ({ type: 'image', data: pngOf(width, height) }));
const message = fc.oneof(
  { weight: 4, arbitrary: fc.record({ role: fc.constantFrom('system', 'user', 'assistant'), content: text }) },
  { weight: 1, arbitrary: fc.record({ role: fc.constant('user'), content: fc.tuple(image) }) },
);
const tool = fc.record({ name: fc.constantFrom('look', 'go'), description: text });
const wishes = fc.record(
  {
    messages: fc.array(message, { maxLength: 4 }),
    tools: fc.uniqueArray(tool, { minLength: 1, maxLength: 2, selector: ({ name }) => name }),
    model: fc.constantFrom('gpt-4o', 'gpt-4o-mini', 'o3-mini', 'claude-sonnet-4-5', 'claude-haiku-4-5'),
    provider: fc.constantFrom('auto', 'openai', 'claude'),
    maxTokens: fc.integer({ min: 1, max: 4_000 }),
    fallback: fc.boolean(),
    clampToBalance: fc.boolean(),
  },
  { requiredKeys: ['messages', 'model', 'provider'] },
);
/** Tokens of the answer; the longer ones make a hold grow. */
const length = fc.oneof(fc.integer({ min: 1, max: SHORT }), fc.integer({ min: 3_000, max: 9_000 }));
/** The balance, as a part of what is held, to the micro-credit: most happens at the edges. */
const funds = fc.record({
  of: fc.constantFrom('holdAtFirst', 'holdAtMost'),
  percent: fc.oneof(fc.constant(100n), fc.bigInt({ min: 0n, max: 150n })),
  beyond: fc.bigInt({ min: -1n, max: 1n }),
});

test('a request holds at first what its estimate said, and never costs more than it said', async () => {
  const seen = { refused: 0, clamped: 0, covered: 0, short: 0 };
  let count = 0;
  const property = fc.asyncProperty(wishes, length, funds, async (wish, outputTokens, { of, percent, beyond }) => {
    const user = `user-${count++}`;
    const question = { role: 'user', content: `[[sim completion=${outputTokens} chunks=1 gap=0]]` };
    const body = { type: 'chat', stream: false, ...wish, messages: [...wish.messages, question] };
    const wanted = await estimate(user, body);
    if ('error' in wanted) {
      expect((await send(user, body)).frame.error).toMatchObject(wanted.error);
      return;
    }
    await grant(user, (parseCredits(wanted[of].toFixed(6)) * percent) / 100n + beyond);

    const told = (await estimate(user, body)) as EstimateResponse;
    const { id, frame } = await send(user, body);
    if (!told.isAccepted) {
      seen.refused++;
      const details = expect.objectContaining({ needed: told.holdAtFirst, available: told.available });
      expect(frame.error).toMatchObject({ code: 'INSUFFICIENT_CREDITS', details });
      return;
    }
    seen[told.isCovered ? 'covered' : told.willBeClampedTo === undefined ? 'short' : 'clamped']++;
    const { body: receipt } = await restOf(user).get<ReceiptResponse>(`/api/mcp/requests/${id}`);
    expect(receipt).toMatchObject({ model: told.model, provider: told.provider });
    if (outputTokens <= SHORT) expect(receipt.hold).toBe(told.holdAtFirst);
    else expect(receipt.hold).toBeGreaterThanOrEqual(told.holdAtFirst);
    expect(receipt.hold).toBeLessThanOrEqual(told.holdAtMost);
    expect((receipt.charge ?? 0) + receipt.shortfall).toBeLessThanOrEqual(told.holdAtMost);
    if (told.isCovered) expect(frame.usage!.completionTokens).toBe(Math.min(outputTokens, told.outputLimit));
  });
  const alone = { messages: [], model: 'gpt-4o', provider: 'openai', fallback: false };
  const whole = { of: 'holdAtMost', percent: 100n, beyond: 0n };
  const part = { of: 'holdAtFirst', percent: 100n, beyond: 0n };
  const examples: [typeof alone & { clampToBalance?: boolean }, number, typeof whole][] = [
    [alone, SHORT, whole],
    [alone, SHORT, part],
    [alone, 9_000, whole], // in one piece: more than twice what is held at first
    [alone, SHORT, { ...part, percent: 50n }],
    [{ ...alone, clampToBalance: false }, SHORT, { ...part, beyond: -1n }],
  ];
  await fc.assert(property, { numRuns: RUNS, examples: examples as never, endOnFailure: true });
  for (const [kind, runs] of Object.entries(seen)) expect([kind, runs > 0]).toEqual([kind, true]);
}, 120_000);

function restOf(user: string): RestClient {
  return new RestClient(gateway.url, gateway.token(user));
}

/** @returns the estimate, or why there is none: images for a model that takes none */
async function estimate(user: string, body: object): Promise<EstimateResponse | { error: object }> {
  return (await restOf(user).post<EstimateResponse | { error: object }>('/api/mcp/estimate', body)).body;
}

async function grant(userId: string, amount: bigint): Promise<void> {
  if (amount <= 0n) return;
  const order = { userId, amount, idempotencyKey: 'test', meta: { reason: 'test' } };
  await gateway.app.get(AccountsService, { strict: false }).grant(order);
}

/** @returns the answer, or the refusal */
async function send(user: string, body: object): Promise<{ id: string; frame: Frame }> {
  const id = randomUUID();
  const client = await connect(gateway.wsUrl, gateway.token(user));
  client.send({ id, ...body });
  const frame = await client.first('the answer', (each) => each.id === id);
  await client.close();
  return { id, frame };
}
