import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { ResponseHeaders, TransportResponse } from './transport-response.js';

function respond(statusCode: number, body: Readable): TransportResponse {
  const data = { statusCode, headers: {}, body } as unknown as Dispatcher.ResponseData;
  return new TransportResponse('http://provider/v1', data);
}

describe('ResponseHeaders', () => {
  const headers = new ResponseHeaders({ 'retry-after': '2', 'set-cookie': ['a', 'b'], gone: undefined });

  it('finds a header by its name in any case', () => {
    expect(headers.get('Retry-After')).toBe('2');
    expect(headers.get('set-cookie')).toBe('a, b');
    expect(headers.get('x-none')).toBeNull();
  });

  it('lists them as pairs', () => {
    expect([...headers.entries()]).toEqual([
      ['retry-after', '2'],
      ['set-cookie', 'a, b'],
      ['gone', ''],
    ]);
  });
});

describe('TransportResponse', () => {
  it('is ok from 200 to 299', () => {
    const isOk = (status: number) => respond(status, Readable.from([])).ok;
    expect([200, 204, 299].every(isOk)).toBe(true);
    expect([302, 400, 500].some(isOk)).toBe(false);
  });

  it('reads no more of an error than its first 64 KB and lets go of the rest', async () => {
    const body = Readable.from(Array<Buffer>(100).fill(Buffer.alloc(16 * 1024, 'x')));
    expect(await respond(500, body).text()).toHaveLength(64 * 1024);
    expect(body.destroyed).toBe(true);
  });

  it('has the part of an error that arrived before its connection broke', async () => {
    const body = new Readable({ read() {} });
    body.push('half of ');
    const text = respond(500, body).text();
    body.once('data', () => body.destroy(new Error('reset')));
    expect(await text).toBe('half of ');
  });
});
