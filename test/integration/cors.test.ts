import { startTestApp, type TestApp } from '../support/app.js';

const PAGE = 'https://app.example';
let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ ALLOWED_ORIGINS: PAGE });
});
afterAll(() => app.close());

const preflight = (origin: string) =>
  fetch(`${app.url}/api/mcp/credits`, {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'GET', 'access-control-request-headers': 'x-api-key' },
  });

describe('a page of another origin', () => {
  test('that is allowed may send a token either way, an id of its own and an idempotency key', async () => {
    const answer = await preflight(PAGE);
    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-origin')).toBe(PAGE);
    const headers = answer.headers.get('access-control-allow-headers')!.toLowerCase().split(', ');
    for (const header of ['authorization', 'x-api-key', 'content-type', 'x-request-id', 'idempotency-key'])
      expect(headers).toContain(header);
  });

  test('reads answers, errors too', async () => {
    const answer = await fetch(`${app.url}/api/mcp/credits`, { headers: { origin: PAGE, 'x-api-key': 'nonsense' } });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('access-control-allow-origin')).toBe(PAGE);
    expect(answer.headers.get('access-control-expose-headers')).toContain('X-Request-Id');
  });

  test('that is not allowed gets no header that lets it in', async () => {
    const answer = await preflight('https://evil.example');
    expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
    expect(answer.headers.get('vary')).toContain('Origin');
  });
});
