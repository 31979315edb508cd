import { connect } from 'node:net';
import RunwayML from '@runwayml/sdk';
import OpenAI, { toFile } from 'openai';
import { readClip, readStill } from '../../src/simulator/video/clip-folder.js';
import { imageSize } from '../../src/simulator/video/image-size.js';
import { videoMeasure } from '../../src/simulator/video/video-measure.js';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.js';
import { eventually } from '../support/eventually.js';
import { makeByRunway, succeeded } from '../support/runway-tasks.js';

let simulator: Simulator;
let sora: OpenAI;
let runway: RunwayML;

beforeAll(async () => {
  simulator = await startSimulator({ gapMs: 0, videoMs: 50 });
  sora = new OpenAI({ apiKey: 'key', baseURL: `${simulator.url}/v1`, maxRetries: 0 });
  runway = new RunwayML({ apiKey: 'key', baseURL: simulator.url, maxRetries: 0 });
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.close());

const HD = { width: 1280, height: 720 };
const still = async (size = HD) => toFile((await readStill(size, 'webp'))!, 'still.webp', { type: 'image/webp' });
const clip = async (size = HD) => toFile(await readClip(size), 'clip.mp4', { type: 'video/mp4' });
const dataUri = (bytes: Buffer, type: string) => `data:${type};base64,${bytes.toString('base64')}`;

const finished = (id: string) =>
  eventually(async () => {
    const video = await sora.videos.retrieve(id);
    if (video.status !== 'completed') throw new Error(video.status);
    return video;
  });
const contentOf = async (id: string, variant?: 'video' | 'thumbnail' | 'spritesheet') =>
  Buffer.from(await (await sora.videos.downloadContent(id, variant && { variant })).arrayBuffer());
const makeSora = async (prompt = 'A box') =>
  finished((await sora.videos.create({ prompt, seconds: '4', size: '1280x720' })).id);

describe('the Sora wire', () => {
  it('makes a video', async () => {
    const begun = await sora.videos.create({ prompt: '[[video queue=80]]', seconds: '8', size: '1280x720' });
    expect(begun).toEqual({
      id: expect.stringMatching(/^video_[0-9a-f]{32}$/),
      object: 'video',
      created_at: expect.any(Number),
      status: 'queued',
      completed_at: null,
      expires_at: null,
      error: null,
      model: 'sora-2',
      progress: 0,
      prompt: '[[video queue=80]]',
      remixed_from_video_id: null,
      seconds: '8',
      size: '1280x720',
    });
    const video = await finished(begun.id);
    expect(video).toMatchObject({ progress: 100, error: null, completed_at: expect.any(Number) });
    expect(video.expires_at! - video.completed_at!).toBe(86_400);
    expect(await videoMeasure(await contentOf(begun.id))).toEqual({ ...HD, seconds: 8 });
    expect(imageSize(await contentOf(begun.id, 'thumbnail'))).toEqual(HD);
    expect(imageSize(await contentOf(begun.id, 'spritesheet'))).toEqual({ width: 1280, height: 288 });
  });

  it('gives nothing before it is ready', async () => {
    const { id } = await sora.videos.create({ prompt: '[[video ms=60000]]' });
    const refused = { status: 400, message: expect.stringContaining('not ready yet') };
    await expect(sora.videos.downloadContent(id)).rejects.toMatchObject(refused);
  });

  it('goes through progress', async () => {
    const { id } = await sora.videos.create({ prompt: '[[video ms=1000]]' });
    const seen = new Set<number>();
    await eventually(async () => {
      const video = await sora.videos.retrieve(id);
      seen.add(video.progress);
      if (video.status !== 'completed') throw new Error(video.status);
    });
    const inOrder = [...seen];
    expect(inOrder.length).toBeGreaterThan(1);
    expect(inOrder).toEqual(inOrder.toSorted((a, b) => a - b));
  });

  it('takes JSON as well as forms', async () => {
    const post = (body: object) =>
      fetch(`${simulator.url}/v1/videos`, {
        method: 'POST',
        headers: { authorization: 'Bearer key', 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    expect(await (await post({ prompt: 'x', seconds: '4' })).json()).toMatchObject({ status: 'queued' });
    const wrong = await post({ prompt: 'x', seconds: 4 });
    expect(wrong.status).toBe(400);
    expect(await wrong.json()).toMatchObject({ error: { param: 'seconds', code: 'invalid_type' } });
    // sizes and lengths of models that are not the vendor's
    expect(await (await post({ prompt: 'x', model: 'wan', seconds: 7, size: '832x480' })).json()).toMatchObject({
      seconds: '7',
      size: '832x480',
    });
  });

  it('survives forms that break off, and forms that are none', async () => {
    const form = [
      ...['--b', 'content-disposition: form-data; name="prompt"', '', 'x'],
      ...['--b', 'content-disposition: form-data; name="input_reference"; filename="a.png"', 'content-type: image/png'],
      ...['', 'half of a pict'],
    ].join('\r\n');
    const post = (body: string) =>
      fetch(`${simulator.url}/v1/videos`, {
        method: 'POST',
        headers: { authorization: 'Bearer key', 'content-type': 'multipart/form-data; boundary=b' },
        body,
      });
    for (const body of [form, '', 'nonsense']) expect((await post(body)).status).toBe(400);

    const head = `POST /v1/videos HTTP/1.1\r\nhost: x\r\nauthorization: Bearer key\r\ncontent-length: 9000\r\n`;
    const socket = connect(simulator.port, '127.0.0.1');
    socket.write(`${head}content-type: multipart/form-data; boundary=b\r\n\r\n${form}`);
    await eventually(() => expect(simulator.videoCalls()).toHaveLength(4));
    socket.destroy();
    expect(await sora.videos.create({ prompt: 'x' })).toMatchObject({ status: 'queued' });
    expect(simulator.videoJobs()).toHaveLength(1);
  });

  it('takes a picture as large as the video, and no other', async () => {
    const size = '1280x720';
    const begun = await sora.videos.create({ prompt: 'x', size, input_reference: await still() });
    expect(simulator.videoJobs()).toMatchObject([{ id: begun.id, input: { mediaType: 'image/webp' } }]);
    await expect(
      sora.videos.create({ prompt: 'x', size, input_reference: await still({ width: 720, height: 1280 }) }),
    ).rejects.toMatchObject({ status: 400, message: expect.stringContaining('must match the requested width') });
    const image_url = dataUri((await readStill(HD, 'webp'))!, 'image/webp');
    await sora.videos.create({ prompt: 'x', size, input_reference: { image_url } });
    expect(simulator.videoJobs()).toHaveLength(2);
  });

  it.each([
    [{ prompt: 'x', seconds: '5' }, 'seconds', 'invalid_value'],
    [{ prompt: 'x', size: '1x1' }, 'size', 'invalid_value'],
    [{ prompt: 'x', size: '1920x1080' }, 'size', 'invalid_value'],
    [{ prompt: 'x', model: 'sora-9' }, 'model', 'invalid_value'],
    [{ seconds: '4' }, 'prompt', 'missing_required_parameter'],
    [{ prompt: 'x', style: 'noir' }, 'style', 'unknown_parameter'],
  ])('refuses %j', async (body, param, code) => {
    const refused = sora.videos.create(body as OpenAI.VideoCreateParams);
    await expect(refused).rejects.toMatchObject({ status: 400, param, code, type: 'invalid_request_error' });
    expect(simulator.videoJobs()).toEqual([]);
  });

  it('edits, remixes and extends', async () => {
    const { id } = await makeSora();
    const edited = await finished((await sora.videos.edit({ prompt: 'at night', video: { id } })).id);
    const remixed = await finished((await sora.videos.remix(id, { prompt: 'at night' })).id);
    const extended = await finished((await sora.videos.extend({ prompt: 'on', seconds: '12', video: { id } })).id);
    expect(edited).toMatchObject({ seconds: '4', size: '1280x720', remixed_from_video_id: null });
    expect(remixed).toMatchObject({ seconds: '4', remixed_from_video_id: id });
    expect(extended.seconds).toBe('16');
    expect(await videoMeasure(await contentOf(extended.id))).toEqual({ ...HD, seconds: 16 });
    expect(simulator.videoJobs().map(({ operation, costUsd }) => [operation, costUsd])).toEqual([
      ['create', '0.4'],
      ['edit', '0.4'],
      ['remix', '0.4'],
      ['extend', '1.2'],
    ]);
  });

  it('builds on a video that is sent along', async () => {
    const { id } = await sora.videos.extend({ prompt: 'on', seconds: '8', video: await clip() });
    expect(await finished(id)).toMatchObject({ seconds: '9', size: '1280x720' });
  });

  it('builds on no video that is not there yet', async () => {
    const { id } = await sora.videos.create({ prompt: '[[video ms=60000]]' });
    await expect(sora.videos.remix(id, { prompt: 'x' })).rejects.toMatchObject({ status: 400 });
    await expect(sora.videos.edit({ prompt: 'x', video: { id: 'video_0' } })).rejects.toMatchObject({ status: 404 });
  });

  it('lists a page of the caller’s own', async () => {
    const ids: string[] = [];
    for (const prompt of ['1', '2', '3']) ids.unshift((await sora.videos.create({ prompt })).id);
    await sora.withOptions({ apiKey: 'other' }).videos.create({ prompt: '4' });
    const page = await sora.videos.list({ limit: 2 });
    expect(page.data.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    expect((await page.getNextPage()).data.map(({ id }) => id)).toEqual(ids.slice(2));
    expect((await sora.videos.list({ order: 'asc' })).data.map(({ id }) => id)).toEqual(ids.toReversed());
  });

  it('takes a job away, running or not', async () => {
    const running = await sora.videos.create({ prompt: '[[video ms=60000]]' });
    const over = await makeSora();
    for (const { id } of [running, over]) {
      expect(await sora.videos.delete(id)).toEqual({ id, object: 'video.deleted', deleted: true });
      await expect(sora.videos.retrieve(id)).rejects.toMatchObject({ status: 404 });
      await expect(sora.videos.downloadContent(id)).rejects.toMatchObject({ status: 404 });
    }
    expect((await sora.videos.list()).data).toEqual([]);
    expect(simulator.videoJobs()).toMatchObject([
      { status: 'cancelled', isDeleted: true, costUsd: '0' },
      { status: 'completed', isDeleted: true, costUsd: '0.4' },
    ]);
  });
});

describe('keys', () => {
  it('are wanted', async () => {
    for (const path of ['/v1/videos', '/v1/videos/video_1', '/v1/videos/video_1/content', '/v1/tasks/1']) {
      expect((await fetch(simulator.url + path)).status).toBe(401);
    }
    await expect(sora.withOptions({ apiKey: 'invalid' }).videos.list()).rejects.toMatchObject({ status: 401 });
  });

  it('see what was made with them, and nothing else', async () => {
    const { id } = await makeSora();
    const other = sora.withOptions({ apiKey: 'other' });
    for (const attempt of [
      () => other.videos.retrieve(id),
      () => other.videos.downloadContent(id),
      () => other.videos.delete(id),
      () => other.videos.remix(id, { prompt: 'x' }),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ status: 404 });
    }
    const task = await makeByRunway(runway, 'x');
    const stranger = new RunwayML({ apiKey: 'other', baseURL: simulator.url, maxRetries: 0 });
    await expect(stranger.tasks.retrieve(task.id)).rejects.toMatchObject({ status: 404 });
    await expect(stranger.tasks.delete(task.id)).rejects.toMatchObject({ status: 404 });
    const [first, second] = simulator.videoJobs();
    expect(first).toMatchObject({ cancels: 0, contentFetches: 0 });
    expect(first!.keyFingerprint).toBe(second!.keyFingerprint);
  });
});

describe('the account', () => {
  it('knows every job and every request', async () => {
    const { id } = await makeSora('A box');
    await contentOf(id);
    await contentOf(id, 'thumbnail');
    const [job] = simulator.videoJobs();
    expect(job).toMatchObject({
      ...{ wire: 'sora', id, operation: 'create', model: 'sora-2', prompt: 'A box', seconds: 4, size: '1280x720' },
      ...{ status: 'completed', costUsd: '0.4', contentFetches: 1, thumbnailFetches: 1, cancels: 0, isDeleted: false },
      keyFingerprint: expect.stringMatching(/^[0-9a-f]{12}$/),
    });
    expect(job!.endedAtMs! - job!.createdAtMs).toBe(50);
    expect(job!.polledAtMs).toHaveLength(job!.polls);
    const calls = simulator.videoCalls();
    expect(calls[0]).toMatchObject({ wire: 'sora', method: 'POST', path: '/v1/videos', hasKey: true, status: 200 });
    expect(calls).toHaveLength(job!.polls + 3);
  });

  it('is told to other processes, and forgotten when asked', async () => {
    await makeSora();
    await succeeded(runway, (await makeByRunway(runway, 'x')).id);
    const account = async () => (await fetch(`${simulator.url}/_videos`)).json();
    expect(await account()).toMatchObject({ billUsd: '1', jobs: [{ wire: 'sora' }, { wire: 'runway' }] });
    await fetch(`${simulator.url}/_reset`, { method: 'POST' });
    expect(await account()).toEqual({ billUsd: '0', jobs: [], calls: [] });
  });

  it('has room for five hundred jobs at once', async () => {
    const begin = () => sora.videos.create({ prompt: '[[video ms=100]]', seconds: '4', size: '1280x720' });
    const jobs = await Promise.all(Array.from({ length: 500 }, begin));
    await finished(jobs.at(-1)!.id);
    const contents = await Promise.all(jobs.slice(0, 100).map(({ id }) => contentOf(id)));
    expect(new Set(contents.map((bytes) => bytes.toString('base64'))).size).toBe(100);
    expect(new Set(simulator.videoJobs().map(({ id }) => id)).size).toBe(500);
  });
});
