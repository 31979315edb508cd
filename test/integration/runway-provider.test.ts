import { randomBytes } from 'node:crypto';
import type { VideoProviderSettings } from '../../src/config/video-provider-settings.js';
import { VideoProviderError } from '../../src/providers/contract/video-provider-error.js';
import { RunwayVideoProvider } from '../../src/providers/runway/runway-video.provider.js';
import { VideoTransport } from '../../src/providers/video/video-transport.js';
import { json, page, ProviderServer, reset } from '../support/provider-server.js';
import { FAULTS, NO_ANSWER } from '../support/video-faults.js';
import { formFields, imageInput, videoInput, videoRejection, videoRequest } from '../support/video-requests.js';

const KEY = 'key_of_the_organisation';
const TASK = { id: 'task-1', createdAt: '2026-11-22T12:00:00Z' };
const options = () => ({ signal: new AbortController().signal });
const gen45 = (changes: Parameters<typeof videoRequest>[0] = {}) => videoRequest({ model: 'gen4.5', ...changes });

describe('RunwayVideoProvider', () => {
  let server: ProviderServer;
  let store: ProviderServer;
  const transports: VideoTransport[] = [];

  beforeAll(async () => {
    server = await ProviderServer.start();
    store = await ProviderServer.start();
  });
  beforeEach(() => {
    server.forget();
    store.forget();
  });
  afterAll(async () => {
    await Promise.all(transports.map((transport) => transport.close()));
    await Promise.all([server.close(), store.close()]);
  });

  function open(changes: Partial<VideoProviderSettings> = {}): RunwayVideoProvider {
    const transport = new VideoTransport();
    transports.push(transport);
    const settings = { id: 'runway', wire: 'runway' as const, baseUrl: server.url, apiKey: KEY, ...changes };
    return new RunwayVideoProvider(settings, transport);
  }

  const orders = () => server.requests.filter(({ method }) => method === 'POST');

  describe('an order', () => {
    it('is JSON with the key and the version, and gives the id of the task', async () => {
      server.willAnswer(json(200, { id: 'task-1', estimatedCost: { credits: 96 } }));
      expect(await open().submit(gen45(), options())).toBe('task-1');
      expect(server.requests[0]).toMatchObject({
        method: 'POST',
        path: '/v1/text_to_video',
        headers: { authorization: `Bearer ${KEY}`, 'x-runway-version': '2024-11-06' },
      });
      expect(server.requests[0]!.body).toEqual({
        model: 'gen4.5',
        promptText: 'A cat on a roof',
        ratio: '1280:720',
        duration: 8,
      });
    });

    it('takes a small image along', async () => {
      server.willAnswer(json(200, { id: 'task-1' }));
      const request = videoRequest({ operation: 'image-to-video', model: 'veo3.1', input: imageInput() });
      await open().submit(request, options());
      expect(server.requests[0]!.path).toBe('/v1/image_to_video');
      expect(server.requests[0]!.body).toEqual({
        model: 'veo3.1',
        promptText: 'A cat on a roof',
        promptImage: `data:image/png;base64,${imageInput().bytes.toString('base64')}`,
        ratio: '1280:720',
        duration: 8,
        audio: true,
      });
    });

    it('names the video that it restyles, and the size that it scales one up to', async () => {
      server.willAnswer(json(200, { id: 'task-1' }), json(200, { id: 'task-2' }));
      const videoUri = `data:video/mp4;base64,${videoInput().bytes.toString('base64')}`;
      const provider = open();
      await provider.submit(videoRequest({ operation: 'restyle', model: 'aleph2', input: videoInput() }), options());
      await provider.submit(
        videoRequest({
          operation: 'upscale',
          model: 'magnific_video_upscaler_creative',
          width: 2160,
          height: 3840,
          input: videoInput(),
        }),
        options(),
      );
      expect(server.requests.map(({ path, body }) => [path, body])).toEqual([
        ['/v1/video_to_video', { model: 'aleph2', promptText: 'A cat on a roof', videoUri }],
        ['/v1/video_upscale', { model: 'magnific_video_upscaler_creative', videoUri, resolution: '4k' }],
      ]);
    });

    it('takes a large input by Runway’s place for files, without the key', async () => {
      const bytes = randomBytes(4 * 1024 * 1024);
      server.willAnswer(
        json(200, { uploadUrl: `${store.url}/put`, fields: { policy: 'p' }, runwayUri: 'runway://file-1' }),
        json(200, { id: 'task-1' }),
      );
      store.willAnswer(page(204, 'text/plain', ''));
      await open().submit(videoRequest({ operation: 'restyle', model: 'aleph2', input: videoInput(bytes) }), options());
      expect(server.requests.map(({ path, body }) => [path, body])).toMatchObject([
        ['/v1/uploads', { filename: 'input.mp4', type: 'ephemeral' }],
        ['/v1/video_to_video', { videoUri: 'runway://file-1' }],
      ]);
      const [upload] = store.requests;
      expect(upload!.headers).not.toHaveProperty('authorization');
      expect(Object.keys(await formFields(upload!))).toEqual(['policy', 'file']);
      expect(upload!.bytes.includes(bytes)).toBe(true);
    });

    it('whose input could not be taken was not sent', async () => {
      const request = videoRequest({
        operation: 'restyle',
        model: 'aleph2',
        input: videoInput(randomBytes(4 * 1024 * 1024)),
      });
      const place = (uploadUrl: string) => json(200, { uploadUrl, fields: {}, runwayUri: 'runway://file-1' });
      server.willAnswer(reset, json(200, {}), place(`${store.url}/put`), place('http://169.254.169.254/'));
      server.willAnswer(json(500, {}), json(404, {}));
      store.willAnswer(page(403, 'application/xml', '<Error/>'));
      for (let tries = 0; tries < 6; tries++)
        expect((await videoRejection(open().submit(request, options()))).kind).toBe('not_sent');
      server.willAnswer(json(401, { error: 'The provided API key is not valid.' }));
      expect((await videoRejection(open().submit(request, options()))).kind).toBe('unauthorized');
      expect(server.requests.map(({ path }) => path)).toEqual(Array.from({ length: 7 }, () => '/v1/uploads'));
    });

    it.each(FAULTS)('met by $fault is sent once, and is $order', async ({ answer, order }) => {
      server.willAnswer(answer, answer, answer);
      const error = await videoRejection(open().submit(gen45(), options()));
      expect(error).toBeInstanceOf(VideoProviderError);
      expect(error).toMatchObject({ providerId: 'runway', kind: order });
      expect(orders()).toHaveLength(1);
    });

    it('for which the account has no credits is told apart from a bad one', async () => {
      server.willAnswer(
        json(400, { error: 'You do not have enough credits to run this task.' }),
        json(400, { error: 'Validation of body failed', issues: [] }),
      );
      expect((await videoRejection(open().submit(gen45(), options()))).kind).toBe('quota_exhausted');
      expect((await videoRejection(open().submit(gen45(), options()))).kind).toBe('bad_request');
    });

    it('that was given up while its answer was awaited is of unknown outcome', async () => {
      const hangingUp = new AbortController();
      server.willAnswer(NO_ANSWER);
      const received = server.nextRequest();
      const submitting = videoRejection(open().submit(gen45(), { signal: hangingUp.signal }));
      await received;
      hangingUp.abort();
      expect((await submitting).kind).toBe('unknown_outcome');
      expect(orders()).toHaveLength(1);
    });
  });

  describe('the status', () => {
    it.each([
      [{ status: 'PENDING', estimatedCost: { credits: 96 } }, { status: 'queued' }],
      [{ status: 'THROTTLED' }, { status: 'queued' }],
      [
        { status: 'RUNNING', progress: 0.424 },
        { status: 'running', progress: 42 },
      ],
      [
        { status: 'SUCCEEDED', output: ['https://a/b.mp4'], cost: { credits: 96 } },
        { status: 'completed', costUsd: '0.96' },
      ],
      [
        { status: 'FAILED', failure: 'words', failureCode: 'SAFETY.OUTPUT.VIDEO', cost: { credits: 96 } },
        { status: 'failed', costUsd: '0.96', failure: { kind: 'moderated', code: 'SAFETY.OUTPUT.VIDEO' } },
      ],
      [
        { status: 'FAILED', failure: 'words', failureCode: 'INPUT_PREPROCESSING.SAFETY.TEXT', cost: { credits: 0 } },
        { status: 'failed', costUsd: '0', failure: { kind: 'moderated', code: 'INPUT_PREPROCESSING.SAFETY.TEXT' } },
      ],
      [
        { status: 'FAILED', failure: 'words', failureCode: 'INTERNAL.BAD_OUTPUT.01' },
        { status: 'failed', failure: { kind: 'failed', code: 'INTERNAL.BAD_OUTPUT.01' } },
      ],
      [
        { status: 'FAILED', failure: 'words' },
        { status: 'failed', failure: { kind: 'failed', code: 'unknown' } },
      ],
      [
        { status: 'CANCELLED', cost: { credits: 12.5 } },
        { status: 'cancelled', costUsd: '0.125' },
      ],
    ])('%j is %j', async (task, job) => {
      server.willAnswer(json(200, { ...TASK, ...task }));
      expect(await open().status('task-1', options())).toEqual(job);
      expect(server.requests[0]).toMatchObject({ method: 'GET', path: '/v1/tasks/task-1' });
    });

    it.each(FAULTS)('asked with $fault is $question', async ({ answer, question }) => {
      server.willAnswer(answer, answer, answer);
      expect((await videoRejection(open().status('task-1', options()))).kind).toBe(question);
      expect(server.requests).toHaveLength(1);
    });
  });

  describe('the content', () => {
    const succeeded = (link: string) =>
      json(200, { ...TASK, status: 'SUCCEEDED', output: [link], cost: { credits: 96 } });

    it('is fetched by a link that is asked for anew each time, without the key', async () => {
      const provider = open();
      for (const path of ['/1.mp4', '/2.mp4']) {
        server.willAnswer(succeeded(`${store.url}${path}`));
        store.willAnswer(page(200, 'video/mp4', 'the bytes'));
        const { stream, mediaType } = await provider.video('task-1', options());
        expect(await stream.toArray()).toEqual([Buffer.from('the bytes')]);
        expect(mediaType).toBe('video/mp4');
      }
      expect(store.requests.map(({ path, headers }) => [path, headers.authorization])).toEqual([
        ['/1.mp4', undefined],
        ['/2.mp4', undefined],
      ]);
      expect(server.requests[0]!.headers.authorization).toBe(`Bearer ${KEY}`);
    });

    it.each([403, 404, 410])('whose fresh link is answered %i is expired', async (status) => {
      server.willAnswer(succeeded(`${store.url}/1.mp4`));
      store.willAnswer(page(status, 'application/xml', '<Error/>'));
      expect((await videoRejection(open().video('task-1', options()))).kind).toBe('expired');
    });

    it('of a task that is gone, or has none, can’t be fetched', async () => {
      server.willAnswer(
        json(404, { error: 'Could not find Task' }),
        json(200, { ...TASK, status: 'SUCCEEDED', output: [] }),
        succeeded('ftp://8.8.8.8/1.mp4'),
      );
      expect((await videoRejection(open().video('task-1', options()))).kind).toBe('expired');
      expect((await videoRejection(open().video('task-1', options()))).kind).toBe('malformed_response');
      expect((await videoRejection(open().video('task-1', options()))).kind).toBe('malformed_response');
    });

    it('has no picture', async () => {
      expect(await open().thumbnail()).toBeUndefined();
    });
  });

  describe('cancelling', () => {
    it.each(['PENDING', 'THROTTLED', 'RUNNING'])('deletes a task that is %s', async (status) => {
      server.willAnswer(json(200, { ...TASK, status }), page(204, 'text/plain', ''));
      await open().cancel('task-1', options());
      expect(server.requests.map(({ method, path }) => [method, path])).toEqual([
        ['GET', '/v1/tasks/task-1'],
        ['DELETE', '/v1/tasks/task-1'],
      ]);
    });

    it.each(['SUCCEEDED', 'FAILED', 'CANCELLED'])('never deletes one that has %s', async (status) => {
      server.willAnswer(json(200, { ...TASK, status }));
      await open().cancel('task-1', options());
      expect(server.requests).toHaveLength(1);
    });

    it('deletes nothing where nobody tells how it stands', async () => {
      server.willAnswer(json(503, {}));
      expect((await videoRejection(open().cancel('task-1', options()))).kind).toBe('rate_limited');
      expect(server.requests).toHaveLength(1);
    });
  });

  it('is Runway’s own address where nothing else is said, and names its connection by it and the key', () => {
    const { connectionId } = open({ baseUrl: 'https://api.dev.runwayml.com' });
    const transport = new VideoTransport();
    transports.push(transport);
    expect(new RunwayVideoProvider({ id: 'runway', wire: 'runway', apiKey: KEY }, transport).connectionId).toBe(
      connectionId,
    );
    expect(open({ baseUrl: 'https://api.dev.runwayml.com', apiKey: 'another' }).connectionId).not.toBe(connectionId);
  });
});
