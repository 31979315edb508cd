import { startTestApp, type TestApp } from '../support/app.js';

describe('a REST request that can not be read', () => {
  let gateway: TestApp;
  beforeAll(async () => {
    gateway = await startTestApp();
  });
  afterAll(() => gateway.close());

  async function ask(path: string, init: RequestInit = {}) {
    const response = await fetch(gateway.url + path, {
      ...init,
      headers: { authorization: `Bearer ${gateway.token('alice')}`, ...init.headers },
    });
    const { error } = (await response.json()) as { error?: { code: string; message: string } };
    return { status: response.status, ...error };
  }
  const post = (body: string, headers: Record<string, string> = {}) =>
    ask('/api/mcp/ws-ticket', { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });

  it.each([
    ['a charset that nobody knows', { 'content-type': 'application/json; charset=utf-99' }],
    ['an encoding that we do not undo', { 'content-encoding': 'zstd' }],
  ])('has %s', async (_, headers: Record<string, string>) => {
    const refusal = await post('{}', headers);
    expect(refusal).toMatchObject({ status: 400, code: 'VALIDATION_ERROR' });
    expect(refusal.message).toContain('content type or encoding');
  });

  it('has a body that is no JSON', async () => {
    const refusal = await post('{no');
    expect(refusal).toMatchObject({ status: 400, code: 'VALIDATION_ERROR' });
    expect(refusal.message).toContain('must be JSON');
  });

  it('has a malformed path', async () => {
    const refusal = await ask('/api/mcp/requests/%ff');
    expect(refusal).toMatchObject({ status: 400, code: 'VALIDATION_ERROR' });
    expect(refusal.message).toContain('path is malformed');
  });

  it('has a body over 64 KiB', async () => {
    const bodyOf = (bytes: number) => JSON.stringify({ a: 'x'.repeat(bytes - 8) });
    expect((await post(bodyOf(65_536))).code).toBeUndefined();
    expect(await post(bodyOf(65_537))).toMatchObject({
      status: 413,
      code: 'PAYLOAD_TOO_LARGE',
      message: 'The body must have at most 65536 bytes.',
    });
  });
});
