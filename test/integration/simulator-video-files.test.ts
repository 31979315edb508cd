import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RUNWAY_OFFERS } from '../../src/providers/runway/runway-offers.js';
import { SORA_DIALECTS } from '../../src/providers/sora/sora-dialects.js';
import { soraOffers } from '../../src/providers/sora/sora-offers.js';
import type { VideoOffer } from '../../src/providers/contract/video-offer.js';
import { clipSizes, readStill } from '../../src/simulator/video/clip-folder.js';
import { imageSize } from '../../src/simulator/video/image-size.js';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.js';
import { VideoCache } from '../../src/simulator/video/video-cache.js';
import { videoMeasure } from '../../src/simulator/video/video-measure.js';
import { playVideo, probeVideo } from '../support/video-probe.js';

let folder: string;
let simulator: Simulator;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'videos-'));
  simulator = await startSimulator({ videoMs: 0 });
});
beforeEach(() => simulator.reset());
afterAll(async () => {
  await simulator.close();
  await rm(folder, { recursive: true });
});

const cache = new VideoCache();

interface Wish {
  model: string;
  width: number;
  height: number;
  seconds: number;
}

/** Every length and size that a model is offered to make out of words. */
function wishes(offers: readonly VideoOffer[]): Wish[] {
  return offers
    .filter(({ operation }) => operation === 'text-to-video')
    .flatMap(({ model, seconds, formats }) =>
      formats.flatMap(({ width, height }) => seconds.map((length) => ({ model, width, height, seconds: length }))),
    );
}

const headers = { authorization: 'Bearer key', 'content-type': 'application/json', 'x-runway-version': '2024-11-06' };

async function ask(path: string, body?: object): Promise<Record<string, unknown>> {
  const init = body ? { method: 'POST', body: JSON.stringify(body) } : {};
  const response = await fetch(simulator.url + path, { ...init, headers });
  const answer = (await response.json()) as Record<string, unknown>;
  if (!response.ok) throw new Error(`${JSON.stringify(body)}: ${JSON.stringify(answer)}`);
  return answer;
}

async function download(url: string): Promise<Buffer> {
  const response = await fetch(url, { headers });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('video/mp4');
  return Buffer.from(await response.arrayBuffer());
}

async function fromSora({ model, width, height, seconds }: Wish): Promise<Buffer> {
  const { id } = await ask('/v1/videos', { prompt: 'x', model, size: `${width}x${height}`, seconds: String(seconds) });
  return download(`${simulator.url}/v1/videos/${String(id)}/content`);
}

async function fromRunway({ model, width, height, seconds }: Wish): Promise<Buffer> {
  const body = { promptText: 'x', model, ratio: `${width}:${height}`, duration: seconds };
  const { id } = await ask('/v1/text_to_video', body);
  const task = await ask(`/v1/tasks/${String(id)}`);
  return download((task.output as string[])[0]!);
}

describe('everything that is offered', () => {
  it.each([
    ['Sora', soraOffers(SORA_DIALECTS.openai), fromSora],
    ['servers of open models', soraOffers(SORA_DIALECTS['vllm-omni']), fromSora],
    ['Runway', RUNWAY_OFFERS, fromRunway],
  ])(
    'by %s is made, as long and as large as asked',
    async (_, offers, make) => {
      const all = wishes(offers);
      expect(all.length).toBeGreaterThan(20);
      for (const wish of all) {
        const { width, height, seconds } = wish;
        expect(await videoMeasure(await make(wish))).toEqual({ width, height, seconds });
      }
    },
    120_000,
  );
});

describe('a video', () => {
  it.each(clipSizes().map(({ width, height }) => [width, height]))('of %s×%s plays anywhere', async (width, height) => {
    const video = await probeVideo(await cache.video({ width, height }, 5), folder);
    expect(video).toEqual({ codec: 'h264', pixels: 'yuv420p', width, height, seconds: 5, frames: 50 });
  });

  it.each(Array.from({ length: 20 }, (_, index) => index + 1))('of %s s is so long', async (seconds) => {
    const video = await probeVideo(await cache.video({ width: 1280, height: 720 }, seconds), folder);
    expect(Math.abs(video.seconds - seconds)).toBeLessThan(0.1);
    expect(video.frames).toBe(seconds * 10);
  });

  it('plays to its end, begins with its index, and differs from any other', async () => {
    const wish = { model: 'sora-2-pro', width: 1080, height: 1920, seconds: 12 };
    const [one, other] = [await fromSora(wish), await fromSora(wish)];
    expect(await playVideo(one, folder)).toBe('');
    expect(one.indexOf('moov')).toBeLessThan(one.indexOf('mdat'));
    expect(one.equals(other)).toBe(false);
    expect(one.length).toBe(other.length);
  });

  it('is as heavy as its script says, and plays all the same', async () => {
    const prompt = '[[video bytes=3000000]]';
    const { id } = await ask('/v1/videos', { prompt, model: 'sora-2', size: '1280x720', seconds: '4' });
    const bytes = await download(`${simulator.url}/v1/videos/${String(id)}/content`);
    expect(bytes.length).toBe(3_000_000);
    expect(await probeVideo(bytes, folder)).toMatchObject({ codec: 'h264', seconds: 4 });
    expect(await playVideo(bytes, folder)).toBe('');
  });
});

describe('a still picture', () => {
  it('is there of every size', async () => {
    for (const size of clipSizes()) {
      const bytes = await readStill(size, 'webp');
      expect(bytes && imageSize(bytes)).toEqual({ width: size.width, height: size.height });
    }
  });
});
