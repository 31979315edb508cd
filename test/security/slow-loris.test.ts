import type { Server } from 'node:http';
import { startTestApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { RawRequest } from '../support/raw-request.js';
import { connect } from '../support/socket-client.js';

const CROWD = 50;

let gateway: TestApp;
const opened: RawRequest[] = [];
const trickles: NodeJS.Timeout[] = [];
beforeAll(async () => {
  gateway = await startTestApp({ REST_BODY_TIMEOUT_MS: '1000' });
  expect(server().headersTimeout).toBe(15_000);
  server().headersTimeout = 1_000; // else the test would take that long
});
afterEach(() => {
  for (const trickle of trickles.splice(0)) clearInterval(trickle);
  for (const request of opened.splice(0)) request.close();
});
afterAll(() => gateway.close());

const server = (): Server => gateway.app.getHttpServer();

/** Sends the beginning of something, and then a byte now and then. */
async function trickle(beginning: string, bytes = 'x'): Promise<RawRequest> {
  const request = await RawRequest.open(gateway.url);
  opened.push(request.write(beginning));
  trickles.push(setInterval(() => request.write(bytes), 100));
  return request;
}

const crowd = (beginning: string, bytes?: string) =>
  Promise.all(Array.from({ length: CROWD }, () => trickle(beginning, bytes)));
const expectService = async () => expect((await fetch(`${gateway.url}/health/live`)).status).toBe(200);
const closed = (requests: RawRequest[]) =>
  eventually(() => expect(requests.filter(({ isClosed }) => !isClosed)).toHaveLength(0));

describe('senders who never come to an end', () => {
  it.each([
    ['headers', 'GET /api/mcp/models HTTP/1.1\r\nHost: gateway\r\nX-Slow: '],
    ['the headers of a WebSocket', 'GET /mcp HTTP/1.1\r\nHost: gateway\r\nUpgrade: websocket\r\nX-Slow: '],
    ['the first line', 'GET /'],
  ])('of %s lose their connection, and nobody else is kept waiting', async (_, beginning) => {
    const requests = await crowd(beginning);
    await expectService();
    await closed(requests);
    const statuses = new Set(requests.map(({ status }) => status));
    statuses.delete(0); // a byte that crosses the answer resets the connection, and the answer may be lost with it
    expect([...statuses]).toEqual([408]);
  });

  it.each([
    ['no token', ''],
    ['a token that is none', 'Authorization: Bearer x\r\n'],
  ])('of a body, with %s, lose theirs too', async (_, authorization) => {
    const head = `POST /api/mcp/sora2/generate HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/json\r\n${authorization}`;
    const announced = await crowd(`${head}Content-Length: 60000\r\n\r\n{"prompt":"`);
    const inPieces = await crowd(`${head}Transfer-Encoding: chunked\r\n\r\n`, '1\r\n \r\n');
    await expectService();
    await closed([...announced, ...inPieces]);
    for (const { status, answer } of [...announced, ...inPieces]) {
      expect(status).toBe(400);
      expect(answer).toContain('The body was not sent in time.');
    }
  });

  it('of frames and fragments keep nobody else waiting', async () => {
    const socket = await connect(gateway.wsUrl, gateway.token('alice'));
    socket.socket.send('{"id":', { fin: false });
    for (let piece = 0; piece < 1_000; piece++) socket.socket.send('', { fin: false });
    const other = await connect(gateway.wsUrl, gateway.token('alice'));
    expect((await other.ask({ id: 'one', lastSeq: 0 })).error?.code).toBe('NOT_FOUND');
    socket.socket.send('"two","lastSeq":0}', { fin: true });
    expect((await socket.terminal('two')).error?.code).toBe('NOT_FOUND');
    await Promise.all([socket.close(), other.close()]);
  });

  it('of a message in fragments are stopped where it gets too large', async () => {
    const socket = await connect(gateway.wsUrl, gateway.token('alice'));
    const piece = 'x'.repeat(1024 * 1024);
    for (let sent = 0; sent < 18 && socket.socket.readyState === socket.socket.OPEN; sent++)
      socket.socket.send(piece, { fin: false });
    expect((await socket.closed()).code).toBe(1009);
  });
});
