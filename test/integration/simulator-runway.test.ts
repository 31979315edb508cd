import RunwayML, { toFile } from '@runwayml/sdk';
import { readClip, readStill } from '../../src/simulator/video/clip-folder.js';
import { videoMeasure } from '../../src/simulator/video/video-measure.js';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.js';
import { eventually } from '../support/eventually.js';
import { makeByRunway, succeeded } from '../support/runway-tasks.js';

let simulator: Simulator;
let runway: RunwayML;

beforeAll(async () => {
  simulator = await startSimulator({ gapMs: 0, videoMs: 50 });
  runway = new RunwayML({ apiKey: 'key', baseURL: simulator.url, maxRetries: 0 });
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.close());

const HD = { width: 1280, height: 720 };
const clip = async (size = HD) => toFile(await readClip(size), 'clip.mp4', { type: 'video/mp4' });
const dataUri = (bytes: Buffer, type: string) => `data:${type};base64,${bytes.toString('base64')}`;
const outputOf = async (task: { output: string[] }) => Buffer.from(await (await fetch(task.output[0]!)).arrayBuffer());

describe('the Runway wire', () => {
  it('makes a video', async () => {
    const begun = await makeByRunway(runway, 'x');
    expect(begun).toEqual({ id: expect.any(String), estimatedCost: { credits: 60 } });
    const task = await succeeded(runway, begun.id);
    expect(task).toMatchObject({ cost: { credits: 60 }, createdAt: expect.stringMatching(/^20.+Z$/) });
    expect(await videoMeasure(await outputOf(task))).toEqual({ ...HD, seconds: 5 });
  });

  it('builds on a picture and on a video, sent along, linked or uploaded', async () => {
    const promptImage = dataUri((await readStill(HD, 'webp'))!, 'image/webp');
    const made = { model: 'veo3.1', ratio: '1920:1080' } as const;
    const fromImage = await runway.imageToVideo.create({ ...made, promptImage });
    expect(await videoMeasure(await outputOf(await succeeded(runway, fromImage.id)))).toMatchObject({ width: 1920 });
    await runway.imageToVideo.create({ ...made, promptImage: 'https://pictures.example/1.png' });

    const { uri } = await runway.uploads.createEphemeral({ file: await clip({ width: 720, height: 1280 }) });
    const restyled = await runway.videoToVideo.create({ model: 'aleph2', videoUri: uri, promptText: 'noir' });
    const result = await videoMeasure(await outputOf(await succeeded(runway, restyled.id)));
    expect(result).toEqual({ width: 720, height: 1280, seconds: 1 });
    await expect(
      new RunwayML({ apiKey: 'other', baseURL: simulator.url, maxRetries: 0 }).videoToVideo.create({
        model: 'aleph2',
        videoUri: uri,
      }),
    ).rejects.toMatchObject({ status: 400 });
  });

  it('makes a video larger, in its own shape', async () => {
    const videoUri = dataUri(await readClip({ width: 720, height: 1280 }), 'video/mp4');
    const model = 'magnific_video_upscaler_creative';
    const { id } = await runway.videoUpscale.create({ model, videoUri, resolution: '4k' });
    expect(await videoMeasure(await outputOf(await succeeded(runway, id)))).toEqual({
      width: 2160,
      height: 3840,
      seconds: 1,
    });
    expect(simulator.videoJobs()).toMatchObject([{ operation: 'upscale', costUsd: '0.12' }]);
  });

  it.each([
    ['duration', { duration: 11 }],
    ['duration', { duration: 2.5 }],
    ['ratio', { ratio: '1920:1080' }],
    ['model', { model: 'gen9' }],
    ['promptText', { promptText: '' }],
    ['promptText', { promptText: 'x'.repeat(1001) }],
  ])('refuses a wrong %s', async (path, change) => {
    const body = { model: 'gen4.5', promptText: 'x', ratio: '1280:720', duration: 5, ...change };
    const refused = runway.textToVideo.create(body as Parameters<typeof runway.textToVideo.create>[0]);
    await expect(refused).rejects.toMatchObject({
      status: 400,
      error: { error: 'Validation of body failed', issues: [{ path: [path] }] },
    });
    expect(simulator.videoJobs()).toEqual([]);
  });

  it('refuses inputs that it can’t read', async () => {
    const create = (videoUri: string) => runway.videoToVideo.create({ model: 'aleph2', videoUri });
    for (const uri of ['http://videos.example/1.mp4', 'runway://0', 'data:video/mp4;base64,AAAA', 'nonsense']) {
      await expect(create(uri)).rejects.toMatchObject({ status: 400 });
    }
    const tooLong = `data:video/mp4;base64,${'A'.repeat(5 * 1024 * 1024)}`;
    await expect(create(tooLong)).rejects.toMatchObject({ status: 400 });
  });

  it('cancels what runs, and takes away what is over, with its video', async () => {
    const running = await makeByRunway(runway, '[[video ms=60000]]');
    await runway.tasks.delete(running.id);
    expect(await runway.tasks.retrieve(running.id)).toMatchObject({ status: 'CANCELLED', cost: { credits: 0 } });

    const over = await succeeded(runway, (await makeByRunway(runway, 'x')).id);
    await runway.tasks.delete(over.id);
    await expect(runway.tasks.retrieve(over.id)).rejects.toMatchObject({ status: 404 });
    expect((await fetch(over.output[0]!)).status).toBe(404);
    expect(simulator.videoJobs()).toMatchObject([
      { status: 'cancelled', costUsd: '0', isDeleted: false },
      { status: 'completed', costUsd: '0.6', isDeleted: true },
    ]);
  });

  it('gives links that expire, and new ones whenever the task is asked about', async () => {
    const task = await succeeded(runway, (await makeByRunway(runway, '[[video link=1000]]')).id);
    await eventually(async () => expect((await fetch(task.output[0]!)).status).toBe(403));
    await eventually(async () => expect((await fetch((await succeeded(runway, task.id)).output[0]!)).status).toBe(200));
    expect((await fetch(`${task.output[0]!}x`)).status).toBe(403);
  });

  it('wants the version', async () => {
    const response = await fetch(`${simulator.url}/v1/tasks/1`, { headers: { authorization: 'Bearer key' } });
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ error: expect.stringContaining('X-Runway-Version') });
  });
});
