import { startTestApp, type TestApp, type TestVariables } from '../support/app.js';
import { chatBody, CompatClient, textOf, type OpenAiErrorBody } from '../support/compat-client.js';

/** Runs with a gateway of its own, as faults leave their marks on breakers and cooldowns. */
async function withGateway(
  variables: TestVariables,
  run: (client: CompatClient, gateway: TestApp) => Promise<void>,
): Promise<void> {
  const gateway = await startTestApp(variables);
  try {
    await run(new CompatClient(gateway, 'alice'), gateway);
  } finally {
    await gateway.close();
  }
}

describe('an error before the first content', () => {
  it.each([
    ['a bad field', 400, 'VALIDATION_ERROR', chatBody('hi', { temperature: 9 })],
    ['no JSON', 400, 'VALIDATION_ERROR', '{"model":'],
    ['a list', 400, 'VALIDATION_ERROR', '[]'],
    ['an unknown model', 404, 'MODEL_NOT_FOUND', chatBody('hi', { model: 'nobodys-model' })],
    ['a prompt that is too long', 400, 'CONTEXT_LENGTH_EXCEEDED', chatBody('[[sim fault=context]]')],
    ['content that is refused', 400, 'CONTENT_FILTERED', chatBody('[[sim fault=filter-400]]')],
    ['providers that fail', 502, 'ALL_PROVIDERS_FAILED', chatBody('[[sim fault=503]]')],
  ])('for %s is a plain answer', (_, status, code, body) =>
    withGateway({}, async (client) => {
      for (const isStreamed of [false, true]) {
        const answer = await client.post(typeof body === 'string' ? body : { ...body, stream: isStreamed });
        expect([answer.status, answer.headers.get('content-type')]).toEqual([
          status,
          'application/json; charset=utf-8',
        ]);
        const { error } = (await answer.json()) as OpenAiErrorBody;
        expect(error).toMatchObject({ message: expect.any(String), type: expect.any(String), gateway: { code } });
        expect(answer.headers.get('x-request-id')).toEqual(expect.any(String));
        expect(answer.headers.get('x-should-retry')).toBe(status < 500 ? 'false' : null);
      }
    }),
  );

  it('says when to come back', () =>
    withGateway({}, async (client, { simulator }) => {
      simulator.setFault({ fault: '429', retryAfterSeconds: 30 });
      const answer = await client.post(chatBody('hi'));
      expect(answer.status).toBe(429);
      const seconds = Number(answer.headers.get('retry-after'));
      expect(seconds).toBeGreaterThan(20);
      expect(Number(answer.headers.get('retry-after-ms')) / 1_000).toBeLessThanOrEqual(seconds);
      expect(await answer.json()).toMatchObject({ error: { code: 'rate_limit_exceeded', type: 'requests' } });
    }));

  it('for want of credits costs nothing, and is told as OpenAI tells it', () =>
    withGateway({ SIGNUP_CREDITS: '0', BUY_CREDITS_URL: 'https://example.com/buy' }, async (client) => {
      const answer = await client.post(chatBody('hi'));
      expect(answer.status).toBe(402);
      expect(await answer.json()).toMatchObject({
        error: { code: 'insufficient_quota', gateway: { details: { buyUrl: 'https://example.com/buy' } } },
      });
    }));
});

describe('an error amid the stream', () => {
  it('is an event, and no [DONE] follows', () =>
    withGateway({}, async (client) => {
      const answer = await client.stream('[[sim completion=40 chunks=40 gap=5 fault=stall after=5]]');
      const first = await answer.until(3);
      expect(textOf(first)).not.toBe('');
      const { id } = first[0]!.data as { id: string };
      await client.cancel(id);
      const last = (await answer.events()).at(-1)!;
      expect(last.data).toMatchObject({ error: { code: 'cancelled', gateway: { code: 'CANCELLED' } } });
    }));
});

test('credits that run out end the answer, and the clients that know no such end are told its length', () =>
  withGateway({ SIGNUP_CREDITS: '8' }, async (client) => {
    const answer = await client.post(chatBody('[[sim prompt=5 completion=5000 chunks=5000 gap=0]]'));
    expect(await answer.json()).toMatchObject({
      choices: [{ finish_reason: 'length' }],
      gateway: { finish_reason: 'credits_exhausted' },
    });
  }));

describe('a body that is too large', () => {
  it.each(['as it says itself', 'as it turns out'])('is refused, %s', (how) =>
    withGateway({ MAX_FRAME_BYTES: '65536' }, async (client, { url }) => {
      const text = JSON.stringify(chatBody('x'.repeat(70_000)));
      const body = how === 'as it says itself' ? text : new Blob([text]).stream();
      const init = { method: 'POST', headers: client.headers(), body, duplex: 'half' } as RequestInit;
      const answer = await fetch(`${url}/v1/chat/completions`, init);
      expect(answer.status).toBe(413);
      expect(await answer.json()).toMatchObject({ error: { code: 'request_too_large' } });
      expect((await client.post(chatBody('x'.repeat(60_000)))).status).toBe(200);
    }),
  );
});
