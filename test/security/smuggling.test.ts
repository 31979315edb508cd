import { startTestApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { leaksIn } from '../support/leaks.js';
import { RawRequest } from '../support/raw-request.js';

let gateway: TestApp;
beforeAll(async () => {
  gateway = await startTestApp();
});
afterAll(() => gateway.close());

const POST = 'POST /api/mcp/ws-ticket HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/json\r\n';
/** What the attacker wants to be taken for a request of its own. */
const HIDDEN = 'GET /health/live HTTP/1.1\r\nHost: gateway\r\n\r\n';
const chunked = `0\r\n\r\n${HIDDEN}`;

/** Requests on whose end two readers might not agree (RFC 9112, 11.2). */
const SHAPES: Record<string, string> = {
  'a length and chunks': `${POST}Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n${chunked}`,
  'chunks and a length': `${POST}Transfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n${chunked}`,
  'two lengths': `${POST}Content-Length: 0\r\nContent-Length: ${HIDDEN.length}\r\n\r\n${HIDDEN}`,
  'a list of lengths': `${POST}Content-Length: 0, ${HIDDEN.length}\r\n\r\n${HIDDEN}`,
  'a length with a sign': `${POST}Content-Length: +0\r\n\r\n${HIDDEN}`,
  'a negative length': `${POST}Content-Length: -1\r\n\r\n${HIDDEN}`,
  'a hexadecimal length': `${POST}Content-Length: 0x10\r\n\r\n${HIDDEN}`,
  'a length beyond numbers': `${POST}Content-Length: 99999999999999999999999\r\n\r\n${HIDDEN}`,
  'an unknown coding': `${POST}Transfer-Encoding: xchunked\r\n\r\n${chunked}`,
  'chunks that are not last': `${POST}Transfer-Encoding: chunked, identity\r\n\r\n${chunked}`,
  'a space before the colon': `${POST}Transfer-Encoding : chunked\r\n\r\n${chunked}`,
  'a control character in the coding': `${POST}Transfer-Encoding: \x0bchunked\r\n\r\n${chunked}`,
  'a folded header': `${POST}X-A: b\r\n Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n`.replace(
    '\r\n ',
    '\n\t\n ',
  ),
  'a chunk of no size': `${POST}Transfer-Encoding: chunked\r\n\r\n\r\n${chunked}`,
  'a chunk with a sign': `${POST}Transfer-Encoding: chunked\r\n\r\n-1\r\n${chunked}`,
  'a chunk beyond numbers': `${POST}Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n${chunked}`,
  'a chunk longer than said': `${POST}Transfer-Encoding: chunked\r\n\r\n1\r\nxyz\r\n${chunked}`,
  'a bare line feed': 'GET /nowhere HTTP/1.1\nHost: gateway\n\n' + HIDDEN.replaceAll('\r\n', '\n'),
  'a NUL in a header': `GET /nowhere HTTP/1.1\r\nHost: gateway\r\nX-A: a\0b\r\n\r\n${HIDDEN}`,
  'a header without a name': `GET /nowhere HTTP/1.1\r\nHost: gateway\r\n: b\r\n\r\n${HIDDEN}`,
  'an unknown version': `GET /nowhere HTTP/9.9\r\nHost: gateway\r\n\r\n${HIDDEN}`,
  'too many headers': `GET /nowhere HTTP/1.1\r\nHost: gateway\r\n${'X-A: bbbbbbbb\r\n'.repeat(4_000)}\r\n${HIDDEN}`,
  'a preface of HTTP/2': `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${HIDDEN}`,
  'the beginning of TLS': `\x16\x03\x01\x02\x00\x01\x00${HIDDEN}`,
};

describe('a request whose end two readers could see in different places', () => {
  it.each(Object.entries(SHAPES))('is refused, and what it hides is not answered: %s', async (_, text) => {
    const request = await RawRequest.open(gateway.url);
    request.write(text);
    await eventually(() => expect(request.isClosed).toBe(true));
    expect([400, 431]).toContain(request.status);
    expect(request.answer).not.toContain('"status":"ok"');
    expect(request.answer.match(/HTTP\/1\.1 /g)).toHaveLength(1);
    expect(leaksIn(request.answer)).toEqual([]);
  });

  it.each([
    [
      'an upgrade to HTTP/2',
      'Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQAAP\r\n',
    ],
    ['an upgrade that is refused', 'Upgrade: websocket\r\nConnection: Upgrade\r\n'],
  ])('does not open the way for the next: %s', async (_, headers) => {
    const request = await RawRequest.open(gateway.url);
    request.write(
      `GET /mcp HTTP/1.1\r\nHost: gateway\r\n${headers}\r\nGET /api/mcp/credits HTTP/1.1\r\nHost: gateway\r\n\r\n`,
    );
    await eventually(() => expect(request.status).toBeGreaterThanOrEqual(400));
    expect(request.answer).not.toContain('HTTP/1.1 200');
    request.close();
  });

  it('is no reason to stop serving', async () => {
    expect((await fetch(`${gateway.url}/health/live`)).status).toBe(200);
  });
});
