import RunwayML from '@runwayml/sdk';
import OpenAI from 'openai';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.js';
import { eventually } from '../support/eventually.js';

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

const finished = (id: string) =>
  eventually(async () => {
    const video = await sora.videos.retrieve(id);
    expect(video.status).toBe('completed');
    return video;
  });
const succeeded = (id: string) =>
  eventually(async () => {
    const task = await runway.tasks.retrieve(id);
    if (task.status !== 'SUCCEEDED') throw new Error(task.status);
    return task;
  });

describe('the Sora wire', () => {
  it('makes a video', async () => {
    const begun = await sora.videos.create({ prompt: 'A box', seconds: '8', size: '1280x720' });
    expect(begun).toMatchObject({ object: 'video', status: 'queued', progress: 0, seconds: '8', size: '1280x720' });
    const video = await finished(begun.id);
    expect(video).toMatchObject({ progress: 100, error: null, expires_at: expect.any(Number) });
    const content = await sora.videos.downloadContent(begun.id);
    const bytes = Buffer.from(await content.arrayBuffer());
    expect(bytes.toString('latin1', 4, 8)).toBe('ftyp');
    expect(simulator.videoJobs()).toMatchObject([{ wire: 'sora', id: begun.id, status: 'completed', costUsd: '0.8' }]);
  });
});

describe('the Runway wire', () => {
  it('makes a video', async () => {
    const begun = await runway.textToVideo.create({ model: 'gen4.5', promptText: 'x', ratio: '720:1280', duration: 5 });
    const task = await succeeded(begun.id);
    expect(task.cost.credits).toBe(60);
    const bytes = Buffer.from(await (await fetch(task.output[0]!)).arrayBuffer());
    expect(bytes.toString('latin1', 4, 8)).toBe('ftyp');
  });
});
