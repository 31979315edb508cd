import { connect as connectTcp } from 'node:net';
import { startTestApp, type TestApp } from '../support/app.js';
import { connect } from '../support/socket-client.js';

const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';

describe('an upgrade', () => {
  let gateway: TestApp;
  beforeAll(async () => {
    gateway = await startTestApp();
  });
  afterAll(() => gateway.close());

  /** Sends a request as it stands, and gives all that comes until the connection is closed or says `until`. */
  async function exchange(lines: readonly string[], body = '', until?: string): Promise<string> {
    const { port } = new URL(gateway.url);
    const socket = connectTcp(Number(port), '127.0.0.1');
    socket.write(`${lines.join('\r\n')}\r\nHost: x\r\n\r\n${body}`);
    let answer = '';
    for await (const piece of socket as AsyncIterable<Buffer>) {
      answer += piece.toString();
      if (until !== undefined && answer.includes(until)) break;
    }
    return answer;
  }

  const h2c = ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA'];
  const handshake = (changes: Record<string, string> = {}) =>
    Object.entries({
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Key': KEY,
      'Sec-WebSocket-Version': '13',
      ...changes,
    }).map(([name, value]) => `${name}: ${value}`);

  it.each(['h2c', 'TLS/1.0', 'nonsense'])('to %s is ignored', async (protocol) => {
    const answer = await exchange(['GET /health/live HTTP/1.1', 'Connection: Upgrade', `Upgrade: ${protocol}`]);
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(answer).toContain('{"status":"ok"}');
  });

  it('that is ignored changes nothing for HEAD, a body, a missing route and authentication', async () => {
    expect(await exchange(['HEAD /health/live HTTP/1.1', ...h2c])).toMatch(/^HTTP\/1\.1 200 /);
    expect(await exchange(['GET /nowhere HTTP/1.1', ...h2c])).toMatch(/^HTTP\/1\.1 404 /);
    expect(await exchange(['GET /api/mcp/credits HTTP/1.1', ...h2c])).toMatch(/^HTTP\/1\.1 401 /);
    const token = `Authorization: Bearer ${gateway.token('alice')}`;
    const body = ['Content-Type: application/json', 'Content-Length: 2'];
    const ticket = await exchange(['POST /api/mcp/ws-ticket HTTP/1.1', token, ...body, ...h2c], '{}');
    expect(ticket).toMatch(/^HTTP\/1\.1 201 /);
  });

  it('may have its target in absolute form', async () => {
    const token = `Authorization: Bearer ${gateway.token('alice')}`;
    const lines = ['GET http://x/mcp?a=b HTTP/1.1', token, ...handshake()];
    expect(await exchange(lines, '', '\r\n\r\n')).toMatch(/^HTTP\/1\.1 101 /);
  });

  it.each([
    [400, 'Sec-WebSocket-Key', 'GET', { 'Sec-WebSocket-Key': 'short' }],
    [426, 'Sec-WebSocket-Version: 13, 8', 'GET', { 'Sec-WebSocket-Version': '7' }],
    [405, 'Allow: GET', 'POST', {}],
  ])('that is bad gets %i and uses up no ticket', async (status, text, method, changes) => {
    const issued = await fetch(`${gateway.url}/api/mcp/ws-ticket`, {
      method: 'POST',
      headers: { authorization: `Bearer ${gateway.token('carol')}` },
    });
    const protocols = ['mcp.v1', `ticket.${((await issued.json()) as { ticket: string }).ticket}`];
    const offer = { 'Sec-WebSocket-Protocol': protocols.join(', ') };
    const answer = await exchange([`${method} /mcp HTTP/1.1`, ...handshake({ ...offer, ...changes })]);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer).toContain(text);
    expect(answer).toContain('{"error":{"code":"VALIDATION_ERROR"');
    await (await connect(gateway.wsUrl, undefined, { protocols })).close();
  });
});
