import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { VideoProviderSettings } from '../../src/config/video-provider-settings.js';
import { VideoProviderError } from '../../src/providers/contract/video-provider-error.js';
import { SoraVideoProvider } from '../../src/providers/sora/sora-video.provider.js';
import { VideoTransport } from '../../src/providers/video/video-transport.js';
import { json, page, ProviderServer, type Answer } from '../support/provider-server.js';
import { FAULTS, NO_ANSWER } from '../support/video-faults.js';
import { formFields, imageInput, videoInput, videoRejection, videoRequest } from '../support/video-requests.js';

const KEY = 'sk-the-key-of-the-server';
const options = () => ({ signal: new AbortController().signal });

describe('SoraVideoProvider', () => {
  let server: ProviderServer;
  let other: ProviderServer;
  const transports: VideoTransport[] = [];

  beforeAll(async () => {
    server = await ProviderServer.start();
    other = await ProviderServer.start();
  });
  beforeEach(() => {
    server.forget();
    other.forget();
  });
  afterAll(async () => {
    await Promise.all(transports.map((transport) => transport.close()));
    await Promise.all([server.close(), other.close()]);
  });

  function open(changes: Partial<VideoProviderSettings> = {}): SoraVideoProvider {
    const transport = new VideoTransport();
    transports.push(transport);
    const settings = { id: 'sora', wire: 'sora' as const, baseUrl: `${server.url}/v1`, apiKey: KEY, ...changes };
    return new SoraVideoProvider(settings, transport);
  }

  const orders = () => server.requests.filter(({ method }) => method === 'POST');

  describe('an order', () => {
    it('is a form with the key, and gives the id of the job', async () => {
      server.willAnswer(json(200, { id: 'video_1', status: 'queued' }));
      expect(await open().submit(videoRequest(), options())).toBe('video_1');
      const [request] = server.requests;
      expect(request).toMatchObject({
        method: 'POST',
        path: '/v1/videos',
        headers: { authorization: `Bearer ${KEY}` },
      });
      expect(await formFields(request!)).toEqual({
        model: 'sora-2',
        prompt: 'A cat on a roof',
        seconds: '8',
        size: '1280x720',
      });
    });

    it('takes an image along as the first frame', async () => {
      server.willAnswer(json(200, { id: 'video_1' }));
      await open().submit(videoRequest({ operation: 'image-to-video', input: imageInput() }), options());
      expect(await formFields(server.requests[0]!)).toMatchObject({
        size: '1280x720',
        input_reference: ['input.png', 'image/png', 'the bytes of an image'],
      });
    });

    it.each([
      ['extend', '/v1/videos/extensions', { prompt: 'A cat on a roof', seconds: '8' }],
      ['restyle', '/v1/videos/edits', { prompt: 'A cat on a roof' }],
    ] as const)('takes a video along to %s it', async (operation, path, fields) => {
      server.willAnswer(json(200, { id: 'video_2' }));
      await open().submit(videoRequest({ operation, input: videoInput() }), options());
      expect(server.requests[0]!.path).toBe(path);
      expect(await formFields(server.requests[0]!)).toEqual({
        ...fields,
        video: ['input.mp4', 'video/mp4', 'the bytes of a video'],
      });
    });

    it('is JSON for SGLang, without a model where none is configured', async () => {
      server.willAnswer(json(200, { id: 'video_1' }));
      const provider = open({ dialect: 'sglang' });
      await provider.submit(videoRequest({ model: provider.offers[0]!.model }), options());
      expect(server.requests[0]).toMatchObject({
        path: '/v1/videos',
        body: { prompt: 'A cat on a roof', seconds: 8, size: '1280x720' },
      });
      expect(server.requests[0]!.body).not.toHaveProperty('model');
    });

    it('is a form for SGLang where it has a file', async () => {
      server.willAnswer(json(200, { id: 'video_1' }));
      const request = videoRequest({ operation: 'image-to-video', input: imageInput() });
      await open({ dialect: 'sglang' }).submit(request, options());
      expect(await formFields(server.requests[0]!)).toMatchObject({
        input_reference: ['input.png', 'image/png', expect.anything()],
      });
    });

    it('is a form for vLLM-Omni, and has no key where none is configured', async () => {
      server.willAnswer(json(200, { id: 'video_1' }));
      const transport = new VideoTransport();
      transports.push(transport);
      const provider = new SoraVideoProvider(
        { id: 'sora', wire: 'sora', baseUrl: `${server.url}/v1`, dialect: 'vllm-omni' },
        transport,
      );
      await provider.submit(videoRequest({ model: provider.offers[0]!.model, width: 720, height: 720 }), options());
      expect(server.requests[0]!.headers).not.toHaveProperty('authorization');
      expect(await formFields(server.requests[0]!)).toEqual({
        prompt: 'A cat on a roof',
        seconds: '8',
        size: '720x720',
      });
    });

    it.each(FAULTS)('met by $fault is sent once, and is $order', async ({ answer, order }) => {
      server.willAnswer(answer, answer, answer);
      const error = await videoRejection(open().submit(videoRequest(), options()));
      expect(error).toBeInstanceOf(VideoProviderError);
      expect(error).toMatchObject({ providerId: 'sora', kind: order });
      expect(orders()).toHaveLength(1);
    });

    it('that nobody takes was not sent', async () => {
      const error = await videoRejection(
        open({ baseUrl: `http://127.0.0.1:${await freePort()}/v1` }).submit(videoRequest(), options()),
      );
      expect(error.kind).toBe('not_sent');
    });

    it('to a host that does not exist was not sent', async () => {
      const error = await videoRejection(
        open({ baseUrl: 'http://no-such-host.invalid/v1' }).submit(videoRequest(), options()),
      );
      expect(error.kind).toBe('not_sent');
    });

    it('to a server that speaks no TLS was not sent', async () => {
      const address = server.url.replace('http:', 'https:');
      const error = await videoRejection(open({ baseUrl: `${address}/v1` }).submit(videoRequest(), options()));
      expect(error.kind).toBe('not_sent');
      expect(server.requests).toEqual([]);
    });

    it('that was given up before it was sent was not sent', async () => {
      const error = await videoRejection(open().submit(videoRequest(), { signal: AbortSignal.abort() }));
      expect(error.kind).toBe('not_sent');
      expect(server.requests).toEqual([]);
    });

    it('that was given up while its answer was awaited is of unknown outcome', async () => {
      const hangingUp = new AbortController();
      server.willAnswer(NO_ANSWER);
      const received = server.nextRequest();
      const submitting = videoRejection(open().submit(videoRequest(), { signal: hangingUp.signal }));
      await received;
      const reason = new Error('a deadline');
      hangingUp.abort(reason);
      expect(await submitting).toMatchObject({ kind: 'unknown_outcome', cause: reason });
      expect(orders()).toHaveLength(1);
    });

    it('never goes over a connection that had been used', async () => {
      const provider = open();
      server.willAnswer(json(200, { id: 'video_1' }), json(200, { id: 'video_2' }));
      const before = server.sockets.length;
      await provider.submit(videoRequest(), options());
      await provider.submit(videoRequest(), options());
      expect(server.sockets).toHaveLength(before + 2);
    });

    it.each([301, 307, 308])('met by a redirect (%i) is taken nowhere else', async (status) => {
      server.willAnswer(redirect(status, `${other.url}/v1/videos`));
      expect((await videoRejection(open().submit(videoRequest(), options()))).kind).toBe('bad_request');
      expect(other.requests).toEqual([]);
    });

    it('passes on how long to wait, and the code where it may be shown', async () => {
      server.willAnswer(
        json(429, { error: { code: 'rate_limit_exceeded', message: 'Slow' } }, { 'retry-after': '7' }),
        json(400, { error: { code: 'a code with <text>', message: 'No' } }),
      );
      expect(await videoRejection(open().submit(videoRequest(), options()))).toMatchObject({
        kind: 'rate_limited',
        status: 429,
        retryAfterMs: 7_000,
        code: 'rate_limit_exceeded',
      });
      const refused = await videoRejection(open().submit(videoRequest(), options()));
      expect(refused).toMatchObject({ kind: 'bad_request', status: 400, code: undefined });
    });
  });

  describe('the status', () => {
    it.each([
      [
        { status: 'queued', progress: 0 },
        { status: 'queued', progress: 0 },
      ],
      [
        { status: 'in_progress', progress: 42.4 },
        { status: 'running', progress: 42 },
      ],
      [
        { status: 'in_progress', progress: 250 },
        { status: 'running', progress: 100 },
      ],
      [
        { status: 'completed', progress: 100, seconds: '8' },
        { status: 'completed', progress: 100, seconds: 8 },
      ],
      [{ status: 'completed' }, { status: 'completed' }],
      [{ status: 'deleted' }, { status: 'cancelled' }],
      [
        { status: 'failed', error: { code: 'moderation_blocked', message: 'words' } },
        { status: 'failed', failure: { kind: 'moderated', code: 'moderation_blocked' } },
      ],
      [
        { status: 'failed', error: { code: 500, message: 'words' } },
        { status: 'failed', failure: { kind: 'failed', code: '500' } },
      ],
      [
        { status: 'failed', error: { message: 'a trace of the server' } },
        { status: 'failed', failure: { kind: 'failed', code: 'unknown' } },
      ],
    ])('%j is %j', async (video, job) => {
      server.willAnswer(json(200, { id: 'video_1', object: 'video', ...video }));
      expect(await open().status('video_1', options())).toEqual(job);
      expect(server.requests[0]).toMatchObject({
        method: 'GET',
        path: '/v1/videos/video_1',
        headers: { authorization: `Bearer ${KEY}` },
      });
    });

    it.each(FAULTS)('asked with $fault is $question', async ({ answer, question }) => {
      server.willAnswer(answer, answer, answer);
      const error = await videoRejection(open().status('video_1', options()));
      expect(error).toBeInstanceOf(VideoProviderError);
      expect(error.kind).toBe(question);
      expect(server.requests).toHaveLength(1);
    });

    it('of an unknown word is malformed', async () => {
      server.willAnswer(json(200, { id: 'video_1', status: 'thinking' }));
      expect((await videoRejection(open().status('video_1', options()))).kind).toBe('malformed_response');
    });

    it('asked where nobody listens is unreachable; given up it is aborted', async () => {
      const nobody = open({ baseUrl: `http://127.0.0.1:${await freePort()}/v1` });
      expect((await videoRejection(nobody.status('video_1', options()))).kind).toBe('unreachable');
      server.willAnswer(NO_ANSWER);
      const error = await videoRejection(open().status('video_1', { signal: AbortSignal.timeout(50) }));
      expect(error).toMatchObject({ kind: 'aborted', cause: { name: 'TimeoutError' } });
    });

    it('keeps an odd id within its path', async () => {
      server.willAnswer(json(200, { status: 'queued' }));
      await open().status('a/b?c', options());
      expect(server.requests[0]!.path).toBe('/v1/videos/a%2Fb%3Fc');
    });
  });

  describe('the content', () => {
    it('is the bytes, asked for with the key', async () => {
      server.willAnswer(page(200, 'video/mp4', 'the bytes'));
      const { stream, mediaType } = await open().video('video_1', options());
      expect(mediaType).toBe('video/mp4');
      expect(await stream.toArray()).toEqual([Buffer.from('the bytes')]);
      expect(server.requests[0]).toMatchObject({
        path: '/v1/videos/video_1/content?variant=video',
        headers: { authorization: `Bearer ${KEY}` },
      });
    });

    it('tells how long it is', async () => {
      server.willAnswer((response) => void response.writeHead(200, { 'content-length': '9' }).end('the bytes'));
      const { stream, bytes } = await open().video('video_1', options());
      expect(bytes).toBe(9);
      stream.resume();
    });

    it('keeps its key on its own server, and drops it where a redirect leads away', async () => {
      server.willAnswer(redirect(302, '/elsewhere'), redirect(302, `${other.url}/store`));
      other.willAnswer(redirect(307, `${server.url}/back`));
      server.willAnswer(page(200, 'video/mp4', 'the bytes'));
      const { stream } = await open().video('video_1', options());
      expect(Buffer.concat((await stream.toArray()) as Buffer[]).toString()).toBe('the bytes');
      expect(server.requests.map(({ path, headers }) => [path, headers.authorization])).toEqual([
        ['/v1/videos/video_1/content?variant=video', `Bearer ${KEY}`],
        ['/elsewhere', `Bearer ${KEY}`],
        ['/back', undefined],
      ]);
      expect(other.requests.map(({ path, headers }) => [path, headers.authorization])).toEqual([['/store', undefined]]);
    });

    it('is not looked for beyond 3 redirects', async () => {
      server.willAnswer(...['/1', '/2', '/3', '/4'].map((path) => redirect(302, path)));
      expect((await videoRejection(open().video('video_1', options()))).kind).toBe('malformed_response');
      expect(server.requests).toHaveLength(4);
    });

    it.each([
      'http://169.254.169.254/latest',
      'http://[fe80::1]',
      'http://100.100.100.200',
      'ftp://8.8.8.8',
      'http://',
    ])('is not looked for at %s', async (location) => {
      server.willAnswer(redirect(302, location));
      expect((await videoRejection(open().video('video_1', options()))).kind).toBe('malformed_response');
      expect(server.requests).toHaveLength(1);
    });

    it('of a server in a private network may lie beside it, under another name', async () => {
      server.willAnswer(redirect(302, other.url.replace('127.0.0.1', 'localhost')));
      other.willAnswer(page(200, 'video/mp4', 'the bytes'));
      const { stream } = await open().video('video_1', options());
      expect(await stream.toArray()).toEqual([Buffer.from('the bytes')]);
      expect(other.requests[0]!.headers).not.toHaveProperty('authorization');
    });

    it.each([
      [404, 'expired'],
      [410, 'expired'],
      [401, 'unauthorized'],
      [403, 'unauthorized'],
      [429, 'rate_limited'],
      [500, 'server_error'],
      [416, 'bad_request'],
      [204, 'malformed_response'],
    ] as const)('answered %i is %s', async (status, kind) => {
      server.willAnswer(page(status, 'text/plain', ''));
      expect(await videoRejection(open().video('video_1', options()))).toMatchObject({ kind, status });
    });

    it('behind a link of a store that has expired is expired', async () => {
      server.willAnswer(redirect(302, `${other.url}/store`));
      other.willAnswer(page(403, 'application/xml', ''));
      expect((await videoRejection(open().video('video_1', options()))).kind).toBe('expired');
    });

    it('breaks where its connection does, and ends with its signal', async () => {
      server.willAnswer((response, { socket }) => {
        response.writeHead(200, { 'content-length': '1000' });
        response.write('some', () => socket.destroy());
      });
      const { stream } = await open().video('video_1', options());
      await expect(stream.toArray()).rejects.toThrow();
      const hangingUp = new AbortController();
      server.willAnswer((response) => void response.writeHead(200, { 'content-length': '1000' }).write('some'));
      const endless = await open().video('video_1', { signal: hangingUp.signal });
      hangingUp.abort();
      await expect(endless.stream.toArray()).rejects.toThrow();
    });

    it('has a picture where the dialect does and the server has one', async () => {
      server.willAnswer(page(200, 'image/webp', 'a picture'), page(404, 'text/plain', ''), page(500, 'text/plain', ''));
      const picture = await open().thumbnail('video_1', options());
      expect(picture?.mediaType).toBe('image/webp');
      picture?.stream.resume();
      expect(server.requests[0]!.path).toBe('/v1/videos/video_1/content?variant=thumbnail');
      expect(await open().thumbnail('video_1', options())).toBeUndefined();
      expect((await videoRejection(open().thumbnail('video_1', options()))).kind).toBe('server_error');
      expect(await open({ dialect: 'vllm-omni' }).thumbnail('video_1', options())).toBeUndefined();
      expect(server.requests).toHaveLength(3);
    });
  });

  describe('cancelling', () => {
    it.each(['queued', 'in_progress'])('deletes a job that is %s', async (status) => {
      server.willAnswer(json(200, { status }), json(200, { deleted: true }));
      await open().cancel('video_1', options());
      expect(server.requests.map(({ method, path }) => [method, path])).toEqual([
        ['GET', '/v1/videos/video_1'],
        ['DELETE', '/v1/videos/video_1'],
      ]);
    });

    it.each(['completed', 'failed'])('leaves one alone that has %s', async (status) => {
      server.willAnswer(json(200, { status }));
      await open().cancel('video_1', options());
      expect(server.requests).toHaveLength(1);
    });
  });

  describe('its connection', () => {
    it('is named the same again, and differently with another key or address', () => {
      const { connectionId } = open();
      expect(open().connectionId).toBe(connectionId);
      expect(open({ baseUrl: `${server.url}/v1/` }).connectionId).toBe(connectionId);
      expect(open({ apiKey: 'another' }).connectionId).not.toBe(connectionId);
      expect(open({ baseUrl: `${other.url}/v1` }).connectionId).not.toBe(connectionId);
      expect(connectionId).toMatch(/^sora:[0-9a-f]{16}$/);
    });
  });
});

function redirect(status: number, location: string): Answer {
  return (response) => void response.writeHead(status, { location }).end();
}

/** A port that nobody listens on. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
