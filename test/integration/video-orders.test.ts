import { randomUUID } from 'node:crypto';
import { ConnectionLimits } from '../../src/limits/connection-limits.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { RestClient, type RestBody } from '../support/rest-client.js';
import { generate, type VideoBody } from '../support/videos.js';

/** No worker: what is ordered waits. */
let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ SIGNUP_CREDITS: '100000' });
});
afterAll(() => app.close());

const clientOf = (user: string, roles?: string[]) => new RestClient(app.url, app.token(user, roles));
const PATH = '/api/mcp/sora2/generate';

describe('what is refused', () => {
  const refused = async (body: string | object) => {
    const client = clientOf('rita');
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const { status, body: answer } = await client.ask<RestBody>('POST', PATH, text);
    return { status, error: answer.error!, fields: answer.error?.details?.fields?.map(({ field }) => field) };
  };
  const good = { prompt: 'a cat', duration: 8, resolution: '720p' };
  afterAll(async () => {
    const { body } = await clientOf('rita').get('/api/mcp/credits');
    expect(body).toMatchObject({ held: 0 });
  });

  test.each<[string, Record<string, unknown>, string[]]>([
    [
      'nothing at all',
      { prompt: undefined, duration: undefined, resolution: undefined },
      ['prompt', 'duration', 'resolution'],
    ],
    ['no duration', { duration: undefined }, ['duration']],
    ['null for what is required', { duration: null, resolution: null }, ['duration', 'resolution']],
    ['a duration as text', { duration: '8' }, ['duration']],
    ['no time', { duration: 0 }, ['duration']],
    ['time that runs backwards', { duration: -8 }, ['duration']],
    ['a list of durations', { duration: [8] }, ['duration']],
    ['another resolution', { resolution: '8K' }, ['resolution']],
    ['a resolution that is an object', { resolution: { toString: '720p' } }, ['resolution']],
    ['a ratio of nothing', { aspectRatio: '16:0' }, ['aspectRatio']],
    ['a ratio with a line behind it', { aspectRatio: '16:9\n' }, ['aspectRatio']],
    ['a blank prompt', { prompt: ' \n\t ' }, ['prompt']],
    ['a prompt with NUL', { prompt: 'a\0cat' }, ['prompt']],
    ['a prompt with an escape', { prompt: 'a \u001b[2Jcat' }, ['prompt']],
    ['half a character', { prompt: 'a \ud83d cat' }, ['prompt']],
    ['the other half', { prompt: 'a cat \udc08' }, ['prompt']],
    ['a prompt that is too long', { prompt: 'x'.repeat(10_001) }, ['prompt']],
    ['a prompt that is none', { prompt: { text: 'a cat' } }, ['prompt']],
    ['a style with a line feed', { style: 'noir\nand more' }, ['style']],
    ['a style with half a character', { style: '\ud800' }, ['style']],
    ['a style that is too long', { style: 'x'.repeat(501) }, ['style']],
    ['a session with a space of another kind', { sessionId: 'a\u00a0b' }, ['sessionId']],
    ['another user', { userId: 'bob' }, ['userId']],
    ['an id of its own', { id: randomUUID(), videoId: randomUUID() }, ['id', 'videoId']],
    ['a price of its own', { creditsUsed: 0, plan: { choices: [] }, amount: '0' }, ['creditsUsed', 'plan', 'amount']],
  ])('%s', async (_, changes, fields) => {
    const { status, error, fields: told } = await refused({ ...good, ...changes });
    expect([status, error.code, told]).toEqual([400, 'VALIDATION_ERROR', fields]);
  });

  test('a field that resembles one, with that one', async () => {
    expect((await refused({ ...good, aspectratio: '16:9' })).error.message).toBe(
      'aspectratio is no field of this request (did you mean aspectRatio?).',
    );
  });

  test.each(['[]', '"a cat"', 'null', '', '{', '{"__proto__": {"duration": 8}}', '{"constructor": {"prototype": {}}}'])(
    'the body %s',
    async (body) => {
      const { status, error } = await refused(body);
      expect([status, error.code]).toEqual([400, 'VALIDATION_ERROR']);
    },
  );

  test('a body that is too large', async () => {
    const { status, error } = await refused({ ...good, prompt: 'x'.repeat(70_000) });
    expect([status, error.code]).toEqual([413, 'PAYLOAD_TOO_LARGE']);
  });

  test('an Idempotency-Key that is none', async () => {
    const { status, body } = await generate(clientOf('rita'), {}, { 'idempotency-key': 'x'.repeat(129) });
    expect([status, body]).toMatchObject([400, { error: { details: { fields: [{ field: 'Idempotency-Key' }] } } }]);
  });

  test('what nobody makes, with what each provider does', async () => {
    const { status, error, fields } = await refused({ ...good, duration: 13, resolution: '4K', aspectRatio: '2:1' });
    expect([status, error.code, fields]).toEqual([422, 'UNSUPPORTED_VIDEO', ['aspectRatio']]);
    expect(error.details).toMatchObject({
      providers: [
        {
          provider: 'sora',
          offers: expect.arrayContaining([
            expect.objectContaining({ model: 'sora-2', seconds: [4, 8, 12, 16, 20] }),
          ]) as unknown[],
        },
        { provider: 'runway' },
      ],
    });
  });

  test('a prompt that is too long for whoever could make it', async () => {
    const { status, fields } = await refused({ ...good, duration: 5, prompt: 'x'.repeat(4_000) });
    expect([status, fields]).toEqual([422, ['prompt', 'duration']]);
  });

  test('whoever has no token, or none for videos', async () => {
    expect((await new RestClient(app.url).post(PATH, good)).status).toBe(401);
    const { status, body } = await clientOf('rita', ['visitor']).post(PATH, good);
    expect([status, body.error]).toMatchObject([403, { code: 'FORBIDDEN', details: { needed: 'video' } }]);
  });

  test('a video that the balance does not cover', async () => {
    const { status, body } = await clientOf('poor').post(PATH, {
      ...good,
      duration: 15,
      resolution: '4K',
      aspectRatio: '1:1',
    });
    expect(status).toBe(200);
    const next = await clientOf('poor').post(PATH, { ...good, duration: 15, resolution: '4K', aspectRatio: '1:1' });
    expect(body).toMatchObject({ creditsUsed: 45_000 });
    expect([next.status]).toEqual([200]);
    const third = await clientOf('poor').post(PATH, { ...good, duration: 15, resolution: '4K', aspectRatio: '1:1' });
    expect([third.status, third.body.error]).toMatchObject([
      402,
      { code: 'INSUFFICIENT_CREDITS', details: { needed: 45_000, available: 10_000 } },
    ]);
  });
});

describe('a repeat of an Idempotency-Key', () => {
  const key = () => ({ 'idempotency-key': randomUUID() });
  /** Made by Runway alone. */
  const order = { duration: 5, prompt: 'a cat' };

  test('is the same video where nobody could make it any more', async () => {
    const once = key();
    const { body: first } = await generate(clientOf('ida'), order, once);
    const later = await startTestApp({ DATABASE_URL: app.databaseUrl, RUNWAYML_API_SECRET: undefined });
    try {
      const ida = new RestClient(later.url, later.token('ida'));
      expect(await generate(ida, order, key())).toMatchObject({ status: 422 });
      const { status, body } = await generate(ida, order, once);
      expect([status, body]).toMatchObject([200, { videoId: first.videoId, creditsUsed: first.creditsUsed }]);
      const other = await generate(ida, { ...order, prompt: 'a dog' }, once);
      expect([other.status, other.body]).toMatchObject([409, { error: { code: 'CONFLICT' } }]);
    } finally {
      await later.close();
    }
  });

  test('is a conflict on the other route', async () => {
    const once = key();
    await generate(clientOf('ivo'), order, once);
    const body = JSON.stringify({ sessionId: 's', workflow: 'text-to-video', input: { text: 'a cat' } });
    const { status } = await clientOf('ivo').ask('POST', '/api/mcp/gpt/video-workflow', body, once);
    expect(status).toBe(409);
  });
});

test('whoever asks too often about videos is told to wait', async () => {
  const limits = app.app.get(ConnectionLimits, { strict: false });
  for (let request = 0; request < 500; request++) await limits.assertRequest('hasty');
  const id = randomUUID();
  const asked = [
    ['GET', `/api/mcp/sora2/status/${id}`],
    ['GET', '/api/mcp/videos'],
    ['GET', `/api/mcp/videos/${id}`],
    ['DELETE', `/api/mcp/videos/${id}`],
    ['GET', `/api/mcp/gpt/video-workflow/${id}`],
  ] as const;
  const answers = await Promise.all(asked.map(([method, path]) => clientOf('hasty').ask<RestBody>(method, path)));
  expect(answers.map(({ body }) => body.error?.code)).toEqual(asked.map(() => 'RATE_LIMIT_EXCEEDED'));
  expect((await clientOf('patient').get('/api/mcp/videos')).status).toBe(200);
});

describe('an id that is none', () => {
  const ids = [
    'x',
    randomUUID(),
    'a'.repeat(65),
    'a'.repeat(5_000),
    '%00',
    'a%00b',
    "'%20OR%201=1",
    '..%2f..%2fetc',
    '%f0%9f%90%88',
    'null',
    '-',
    'ws%3aa',
  ];
  test.each(ids)('%.40s is not found, whatever is done with it', async (id) => {
    const client = clientOf('rita');
    const answers = await Promise.all([
      client.get(`/api/mcp/sora2/status/${id}`),
      client.get(`/api/mcp/videos/${id}`),
      client.ask<RestBody>('DELETE', `/api/mcp/videos/${id}`),
    ]);
    for (const { status, body } of answers) expect([status, body.error?.code]).toEqual([404, 'NOT_FOUND']);
  });

  test.each(['%', '%zz', '%c0%af'])('%s is no id of a URL', async (id) => {
    const { status } = await clientOf('rita').get(`/api/mcp/sora2/status/${id}`);
    expect([400, 404]).toContain(status);
  });
});

describe("one's own videos", () => {
  interface Page {
    videos: (VideoBody & { prompt: string })[];
    nextCursor: string | null;
  }
  const list = async (query = '', user = 'lena') =>
    (await clientOf(user).get<Page & RestBody>(`/api/mcp/videos${query}`)).body;
  const prompts = (page: Page) => page.videos.map(({ prompt }) => prompt);
  let between: string;
  beforeAll(async () => {
    const lena = clientOf('lena');
    await generate(clientOf('bob'), { prompt: 'not hers' });
    await generate(lena, { prompt: '1', sessionId: 's1' });
    await generate(lena, { prompt: '2', sessionId: 's2' });
    const { body } = await generate(lena, { prompt: '3', sessionId: 's1', duration: 5 });
    between = (await clientOf('lena').get<VideoBody>(`/api/mcp/sora2/status/${body.videoId}`)).body.createdAt;
    const { body: last } = await generate(lena, { prompt: '4' });
    await lena.ask('DELETE', `/api/mcp/videos/${last.videoId}`);
  });

  test('are listed newest first, page by page, and no other’s', async () => {
    const whole = await list();
    expect([prompts(whole), whole.nextCursor]).toEqual([['4', '3', '2', '1'], null]);
    const pages: string[][] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: Page = await list(`?limit=3${cursor && `&cursor=${cursor}`}`);
      pages.push(prompts(page));
      cursor = page.nextCursor;
    }
    expect(pages).toEqual([['4', '3', '2'], ['1']]);
  });

  test('come no more than once, also where new ones come meanwhile', async () => {
    const user = `busy-${randomUUID()}`;
    const client = clientOf(user);
    for (const prompt of ['a', 'b', 'c']) await generate(client, { prompt });
    const { nextCursor } = await list('?limit=1', user);
    await generate(client, { prompt: 'd' });
    expect(prompts(await list(`?cursor=${nextCursor}`, user))).toEqual(['b', 'a']);
  });

  test.each([
    ['?status=processing', ['3', '2', '1']],
    ['?status=failed', ['4']],
    ['?status=completed', []],
    ['?sessionId=s1', ['3', '1']],
    ['?provider=runway', ['3']],
    ['?model=sora-2&sessionId=s1', ['1']],
    ['?model=none', []],
    ['?from=2999-01-01', []],
    ['?to=2999-01-01&from=2020-01-01T00:00:00%2b02:00', ['4', '3', '2', '1']],
  ])('are found by %s', async (query, found) => {
    expect(prompts(await list(query))).toEqual(found);
  });

  test('are found by when they were ordered', async () => {
    expect(prompts(await list(`?from=${between}`))).toEqual(['4', '3']);
    expect(prompts(await list(`?to=${between}`))).toEqual(['2', '1']);
  });

  test("are not found behind another user's cursor", async () => {
    await generate(clientOf('bob'), { prompt: 'not hers either' });
    const { nextCursor } = await list('?limit=1', 'bob');
    expect((await list(`?cursor=${nextCursor}`)).videos).toEqual([]);
  });

  test.each([
    ['?limit=0', 'limit'],
    ['?limit=101', 'limit'],
    ['?limit=1e1', 'limit'],
    ['?cursor=x', 'cursor'],
    ['?cursor=a&cursor=b', 'cursor'],
    ['?status=done', 'status'],
    ['?status[]=completed', 'status[]'],
    ['?from=yesterday', 'from'],
    ['?from=2026-13-01', 'from'],
    ['?sessionId=', 'sessionId'],
    ['?sessionId=a%00', 'sessionId'],
    ['?userId=bob', 'userId'],
  ])('are not listed by %s', async (query, field) => {
    expect(await list(query)).toMatchObject({ error: { code: 'VALIDATION_ERROR', details: { fields: [{ field }] } } });
  });
});
