import type { INestApplicationContext } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { startTestApp, startTestWorker, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { readLedger } from '../support/ledger-audit.js';
import { says, SMALL, WorkflowClient } from '../support/workflow-client.js';

let gateway: TestApp;
let worker: INestApplicationContext;
let database: Client;

beforeAll(async () => {
  gateway = await startTestApp({ VIDEO_ENHANCE_WAIT_MS: '3000' });
  worker = await startTestWorker(gateway, { VIDEO_ENHANCE_WAIT_MS: '3000' });
  database = new Client({ connectionString: gateway.databaseUrl });
  await database.connect();
});
afterAll(async () => {
  await database.end();
  await worker.close();
  await gateway.close();
});
afterEach(() => gateway.simulator.setFault());

interface ChatBody {
  messages?: { role: string; content: string }[];
}

/** A new user. */
function newUser(): { userId: string; client: WorkflowClient } {
  const userId = `u-${randomUUID()}`;
  return { userId, client: new WorkflowClient(gateway.url, gateway.token(userId)) };
}

async function rowsOf(userId: string) {
  const { rows } = await database.query<{
    id: string;
    prompt: string;
    original_prompt: string;
    is_ready: boolean;
    state: string;
  }>('SELECT id, prompt, original_prompt, is_ready, state FROM video.video WHERE user_id = $1', [userId]);
  return rows;
}

async function chargeOf(workflowId: string): Promise<bigint | undefined> {
  const { rows } = await database.query<{ amount: string }>(
    `SELECT amount FROM ledger.entry WHERE kind = 'charge' AND idem_key = $1`,
    [`charge:video:${workflowId}-enhance`],
  );
  expect(rows.length).toBeLessThan(2);
  return rows[0] && BigInt(rows[0].amount);
}

describe('a workflow from text', () => {
  it('answers with the enhanced prompt, which the video is made of and the user is charged for once', async () => {
    const { userId, client } = newUser();
    const text = `a cat ${says({ prompt: 'A tabby cat at dawn' })}`;
    const { status, body } = await client.text(text);
    expect([status, body]).toEqual([
      200,
      {
        workflowId: expect.any(String),
        videoId: expect.any(String),
        enhancedPrompt: 'A tabby cat at dawn',
        status: 'processing',
        enhancement: { used: true, requestId: `${body.workflowId}-enhance` },
        creditsUsed: expect.any(Number),
        estimatedTime: expect.any(Number),
      },
    ]);
    const charge = await chargeOf(body.workflowId);
    expect(charge).toBeGreaterThan(0n);
    expect(body.creditsUsed).toBeCloseTo(800 + Number(charge) / 1e6, 6);
    await eventually(async () =>
      expect(await rowsOf(userId)).toMatchObject([
        { id: body.videoId, prompt: 'A tabby cat at dawn', original_prompt: text, is_ready: true },
      ]),
    );
    expect((await readLedger(gateway.databaseUrl, userId)).faults).toEqual([]);
  });

  it('tells its steps, to its user alone', async () => {
    const { client } = newUser();
    const { body } = await client.text(`a cat ${says({ prompt: 'A cat' })}`);
    const { body: told } = await client.status(body.workflowId);
    expect(told).toMatchObject({
      workflowId: body.workflowId,
      videoId: body.videoId,
      workflow: 'text-to-video',
      enhancedPrompt: 'A cat',
      steps: [
        { name: 'enhance', state: 'done', model: 'gpt-4o-mini', provider: 'openai', credits: expect.any(Number) },
        { name: 'generate' },
      ],
      createdAt: expect.stringMatching(/Z$/),
    });
    expect((await newUser().client.status(body.workflowId)).status).toBe(404);
    expect((await client.status(randomUUID())).status).toBe(404);
  });

  it('takes the nearest to the defaults for what is left out, and says so', async () => {
    const { client } = newUser();
    const { status, body } = await client.text('a cat', { parameters: undefined });
    expect(status).toBe(402); // the longest video in the largest size that there is
    expect(body.error?.details).toMatchObject({ needed: expect.any(Number) });
    const small = await client.text('a cat', { parameters: { resolution: '720p', duration: 4 } });
    expect(small.body.substitutions ?? []).toEqual([]);
  });

  it('shows the model what the session asked for before, and nothing of other sessions and users', async () => {
    const { client } = newUser();
    const sessionId = randomUUID();
    const first = await client.text(`a red fox ${says({ prompt: 'A red fox in snow' })}`, { sessionId });
    await eventually(async () =>
      expect((await client.status(first.body.workflowId)).body.steps[0]?.state).toBe('done'),
    );
    await newUser().client.text('a stranger', { sessionId });
    await client.text('another session');
    await client.text('the same but at night', { sessionId });
    const bodies = gateway.simulator.stats().bodies.map(({ body }) => body as ChatBody);
    const said = bodies
      .findLast(({ messages }) => messages !== undefined)!
      .messages!.map(({ role, content }) => [role, content] as const);
    expect(said).toEqual([
      ['system', expect.any(String)],
      ['user', expect.stringContaining('a red fox')],
      ['assistant', '{"prompt":"A red fox in snow"}'],
      ['user', expect.stringContaining('the same but at night')],
    ]);
  });

  it('puts the style into the prompt where no model does', async () => {
    gateway.simulator.setFault({ fault: '503' });
    const { body } = await newUser().client.text('a cat', { parameters: { ...SMALL, style: 'watercolour' } });
    expect(body.enhancedPrompt).toBe('a cat\n\nStyle: watercolour');
  });
});

describe('a workflow whose prompt can not be enhanced', () => {
  it.each([
    ['the model is down', 'a cat [[sim fault=503]]', 'provider_failed'],
    ['it answers no JSON', `a cat ${says('not JSON at all')}`, 'unusable_answer'],
    ['it answers other JSON', `a cat ${says({ text: 'A cat' })}`, 'unusable_answer'],
    ['it answers an empty prompt', `a cat ${says({ prompt: ' ' })}`, 'unusable_answer'],
    ['it answers too much', `a cat ${says({ prompt: 'x'.repeat(2_100) })}`, 'unusable_answer'],
    ['it answers with control characters', `a cat ${says({ prompt: 'a\u0007b' })}`, 'unusable_answer'],
    ['it breaks off', 'a cat [[sim chunks=20 fault=cut after=3]]', 'provider_failed'],
    ['it takes too long', `a cat ${says({ prompt: 'A cat in ten words, one a second or so' }, 'gap=1000')}`, 'timeout'],
    ['it declines', 'a cat [[sim fault=filter-400]]', 'provider_failed'],
  ])('goes on with the original one, says so and charges nothing: %s', async (_, text, reason) => {
    const { userId, client } = newUser();
    const { status, body } = await client.text(text);
    expect([status, body]).toMatchObject([200, { enhancedPrompt: text, enhancement: { used: false, reason } }]);
    await eventually(async () => expect(await rowsOf(userId)).toMatchObject([{ prompt: text, is_ready: true }]));
    expect(await chargeOf(body.workflowId)).toBeUndefined();
    const [enhance] = (await client.status(body.workflowId)).body.steps;
    expect(enhance).toMatchObject({ state: 'failed', credits: 0, error: { code: reason } });
    expect((await readLedger(gateway.databaseUrl, userId)).faults).toEqual([]);
  });

  it('is made all the same where the balance covers the video alone', async () => {
    const { userId, client } = newUser();
    await spend(userId, 10_000n - (await needed()));
    const { status, body } = await client.text('a cat');
    expect([status, body]).toMatchObject([
      200,
      { enhancedPrompt: 'a cat', enhancement: { used: false, reason: 'insufficient_credits' } },
    ]);
    await eventually(async () => expect(await rowsOf(userId)).toMatchObject([{ prompt: 'a cat', is_ready: true }]));
  });
});

describe('a workflow that is refused', () => {
  it.each([
    ['without text', { workflow: 'text-to-video', input: { imageUrl: 'https://example.com/a.png' } }, 'input.text'],
    ['with blank text', { workflow: 'text-to-video', input: { text: '  ' } }, 'input.text'],
    ['without an image', { workflow: 'image-to-video', input: { text: 'a cat' } }, 'input.imageUrl'],
    ['without a video', { workflow: 'video-enhancement', input: { text: 'a' } }, 'input.videoUrl'],
    [
      'without what is to be done',
      { workflow: 'video-enhancement', input: { videoUrl: 'https://example.com/a.mp4' } },
      'parameters.enhancementType',
    ],
    [
      'with an unknown enhancement',
      {
        workflow: 'video-enhancement',
        input: { videoUrl: 'https://example.com/a.mp4' },
        parameters: { enhancementType: 'sharpen' },
      },
      'parameters.enhancementType',
    ],
    ['with an image for a text', { workflow: 'text-to-video', input: { text: 'a', imageUrl: 'x' } }, 'input.imageUrl'],
    ['of no kind', { workflow: 'text', input: { text: 'a' } }, 'workflow'],
    ['without input', { workflow: 'text-to-video' }, 'input'],
    ['without a session', { workflow: 'text-to-video', input: { text: 'a' }, sessionId: '' }, 'sessionId'],
    ['with NUL', { workflow: 'text-to-video', input: { text: 'a\u0000b' } }, 'input.text'],
  ])('names the field: %s', async (_, body, field) => {
    const { userId, client } = newUser();
    const answer = await client.begin(body);
    expect([answer.status, answer.body.error?.code]).toEqual([400, 'VALIDATION_ERROR']);
    expect(answer.body.error?.details?.fields?.map((each) => each.field)).toContain(field);
    expect(await rowsOf(userId)).toEqual([]);
  });

  it('stores nothing where the balance does not cover the video', async () => {
    const { userId, client } = newUser();
    await spend(userId, 9_500n);
    const { status, body } = await client.text('a cat');
    expect([status, body.error]).toMatchObject([402, { code: 'INSUFFICIENT_CREDITS', details: { available: 500 } }]);
    expect(await rowsOf(userId)).toEqual([]);
    const { held } = await readLedger(gateway.databaseUrl, userId);
    expect(held).toBe(9_500_000_000n);
  });

  it('lists what there is where nobody makes it', async () => {
    const { status, body } = await newUser().client.text('a cat', { parameters: { duration: 999 } });
    expect([status, body.error?.code]).toEqual([422, 'UNSUPPORTED_VIDEO']);
    expect(body.error?.details).toMatchObject({ providers: expect.any(Array) });
  });

  it('needs a capability', async () => {
    const client = new WorkflowClient(gateway.url, gateway.token('nobody', ['guest']));
    expect((await client.text('a cat')).status).toBe(403);
  });
});

describe('the same Idempotency-Key', () => {
  it('is the same workflow, however often it is asked for at once', async () => {
    const { userId, client } = newUser();
    const key = randomUUID();
    const body = { workflow: 'text-to-video', input: { text: `a ${says({ prompt: 'A cat' })}` }, sessionId: 's' };
    const answers = await Promise.all(Array.from({ length: 6 }, () => client.begin(body, key)));
    expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(200));
    expect(new Set(answers.map((answer) => answer.body.workflowId)).size).toBe(1);
    expect(answers.map((answer) => answer.body.enhancedPrompt)).toEqual(Array(6).fill('A cat'));
    expect(await rowsOf(userId)).toHaveLength(1);
    expect(await chargeOf(answers[0]!.body.workflowId)).toBeGreaterThan(0n);
    const again = await client.begin(body, key);
    expect(again.body.workflowId).toBe(answers[0]!.body.workflowId);
    expect(await client.begin({ ...body, input: { text: 'another' } }, key)).toMatchObject({
      status: 409,
      body: { error: { code: 'CONFLICT' } },
    });
  });
});

/** Credits that the smallest video holds: those of the dearest provider that makes it. */
async function needed(): Promise<bigint> {
  const { userId, client } = newUser();
  await spend(userId, 10_000n);
  const { body } = await client.text('a cat');
  return BigInt(body.error!.details!['needed' as never]);
}

/** Leaves so many credits fewer to a user: a hold of a request that never ends. */
async function spend(userId: string, credits: bigint): Promise<void> {
  const { rows } = await database.query<{ result: string }>(
    `SELECT result FROM ledger.grant_credits($1, '{signup}', '{10000000000}', '{"{}"}')
     UNION ALL SELECT result FROM ledger.hold_batch('videos', $1, '{video:other}', '{f}', $2, '{600000}', '{"{}"}')`,
    [[`user:${userId}`], [credits * 1_000_000n]],
  );
  expect(rows.map(({ result }) => result)).toEqual(['granted', 'held']);
}
