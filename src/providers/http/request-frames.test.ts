import { RequestFrames } from './request-frames.js';

interface Built {
  req: { method?: string; body?: unknown; callSignal?: unknown };
  url: string;
}

describe('RequestFrames', () => {
  it('lets the SDK build the first request of a path and puts later bodies into the same frame', async () => {
    const frames = new RequestFrames<Built>();
    let builds = 0;
    const request = (path: string, body: unknown, callSignal: string) => {
      const options = { path, body, fetchOptions: { callSignal } };
      return frames.build(options, () => {
        builds++;
        return Promise.resolve({ url: path, req: { method: 'post', body: JSON.stringify(body), callSignal } });
      });
    };
    expect(await request('/a', { n: 1 }, 'first')).toEqual({
      url: '/a',
      req: { method: 'post', body: '{"n":1}', callSignal: 'first' },
    });
    expect(await request('/a', { n: 2 }, 'second')).toEqual({
      url: '/a',
      req: { method: 'post', body: '{"n":2}', callSignal: 'second' },
    });
    expect(builds).toBe(1);
    expect((await request('/b', {}, 'third')).url).toBe('/b');
    expect(builds).toBe(2);
  });

  it('keeps nothing of the first request but its frame', async () => {
    const frames = new RequestFrames<Built>();
    const first = { path: '/a', body: 1, fetchOptions: { callSignal: 'first' } };
    await frames.build(first, () => Promise.resolve({ url: '/a', req: { body: '1', callSignal: 'first' } }));
    const second = await frames.build({ path: '/a', body: 2 }, () => Promise.reject(new Error('not asked')));
    expect(second.req).toEqual({ body: '2', callSignal: undefined });
  });

  it('tries again after the SDK could not build it', async () => {
    const frames = new RequestFrames<Built>();
    await expect(frames.build({ path: '/a' }, () => Promise.reject(new Error('no key')))).rejects.toThrow('no key');
    await expect(frames.build({ path: '/a' }, () => Promise.resolve({ url: '/a', req: {} }))).resolves.toBeDefined();
  });
});
