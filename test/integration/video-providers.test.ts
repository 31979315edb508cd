import { Test } from '@nestjs/testing';
import { buffer } from 'node:stream/consumers';
import { ConfigModule } from '../../src/config/config.module.js';
import { parseEnvironment } from '../../src/config/environment.js';
import type { VideoFormat, VideoOffer } from '../../src/providers/contract/video-offer.js';
import type { VideoInput, VideoProvider, VideoRequest } from '../../src/providers/contract/video-provider.js';
import { ProvidersModule } from '../../src/providers/providers.module.js';
import { VideoProviderRegistry } from '../../src/providers/video-provider-registry.js';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.js';
import { eventually } from '../support/eventually.js';
import { pngOf } from '../support/images.js';
import { videoRejection, videoRequest } from '../support/video-requests.js';

const options = () => ({ signal: new AbortController().signal });

async function startWith(variables: Record<string, string>) {
  const environment = parseEnvironment({ NODE_ENV: 'test', ...variables });
  const imports = [ConfigModule.forRoot(environment), ProvidersModule];
  const module = await (await Test.createTestingModule({ imports }).compile()).init();
  return { module, registry: module.get(VideoProviderRegistry) };
}

describe('VideoProviderRegistry', () => {
  it('has what is configured, in the order of preference, and finds each by its connection', async () => {
    const variables = { SORA_BASE_URL: 'http://127.0.0.1:9/v1', SORA_API_KEY: 'a', RUNWAYML_API_SECRET: 'b' };
    const { module, registry } = await startWith({ ...variables, VIDEO_PRIORITY: 'runway' });
    expect(registry.all().map(({ id }) => id)).toEqual(['runway', 'sora']);
    for (const provider of registry.all()) expect(registry.byConnection(provider.connectionId)).toBe(provider);
    const sora = registry.all()[1]!.connectionId;
    await module.close();
    const later = await startWith({ ...variables, SORA_API_KEY: 'another' });
    expect(later.registry.byConnection(sora)).toBeUndefined();
    await later.module.close();
  });

  it('has none where none is configured and simulation is off', async () => {
    const { module, registry } = await startWith({ SIMULATED_PROVIDERS: 'false' });
    expect(registry.all()).toEqual([]);
    await module.close();
  });

  it('has simulated ones where none is configured, whatever there is for text, until it is shut down', async () => {
    const { module, registry } = await startWith({ OPENAI_API_KEY: 'k', VIDEO_PRIORITY: 'runway,sora' });
    expect(registry.all().map(({ id }) => id)).toEqual(['runway', 'sora']);
    const sora = registry.all()[1]!;
    expect(await sora.submit(videoRequest(), options())).toMatch(/^video_/);
    await module.close();
    expect((await videoRejection(sora.submit(videoRequest(), options()))).kind).toBe('not_sent');
  });
});

describe('the video providers, against the simulator', () => {
  let simulator: Simulator;
  let close: () => Promise<void>;
  let sora: VideoProvider;
  let runway: VideoProvider;

  beforeAll(async () => {
    simulator = await startSimulator({ videoMs: 1 });
    const keys = { SORA_API_KEY: 'k', RUNWAYML_API_SECRET: 'k' };
    const urls = { SORA_BASE_URL: `${simulator.url}/v1`, RUNWAYML_BASE_URL: simulator.url };
    const { module, registry } = await startWith({ ...keys, ...urls });
    [sora, runway] = registry.all() as [VideoProvider, VideoProvider];
    close = () => module.close();
  });
  beforeEach(() => simulator.reset());
  afterAll(async () => {
    await close();
    await simulator.close();
  });

  const finished = (provider: VideoProvider, jobId: string) =>
    eventually(async () => {
      const job = await provider.status(jobId, options());
      expect(['completed', 'failed', 'cancelled']).toContain(job.status);
      return job;
    });

  /** A clip of the wanted size, as the simulator makes it. */
  async function clip(width: number, height: number): Promise<VideoInput> {
    const model = width === 1280 || height === 1280 ? 'sora-2' : 'sora-2-pro';
    const jobId = await sora.submit(videoRequest({ model, seconds: 4, width, height }), options());
    await finished(sora, jobId);
    const { stream } = await sora.video(jobId, options());
    return { mediaType: 'video/mp4', bytes: await buffer(stream), width, height };
  }

  async function inputFor({ operation }: VideoOffer, { width, height }: VideoFormat): Promise<VideoInput | undefined> {
    if (operation === 'text-to-video') return undefined;
    if (operation === 'image-to-video')
      return { mediaType: 'image/png', bytes: Buffer.from(pngOf(width, height), 'base64'), width, height };
    return operation === 'upscale'
      ? clip(height > width ? 720 : 1280, height > width ? 1280 : 720)
      : clip(width, height);
  }

  /** Clips have ten frames a second. */
  const priceOf = ({ usdPerSecond, usdPerFrame }: VideoFormat, seconds: number) =>
    usdPerFrame === undefined ? Number(usdPerSecond) * seconds : Number(usdPerFrame) * seconds * 10;

  it.each(['sora', 'runway'] as const)(
    'make everything that %s offers, at the price of the offer',
    async (id) => {
      const provider = id === 'sora' ? sora : runway;
      for (const offer of provider.offers)
        for (const format of offer.formats) {
          const input = await inputFor(offer, format);
          const seconds = offer.seconds[0] ?? 4;
          const { operation, model } = offer;
          const { width, height, aspectRatio } = format;
          const request: VideoRequest = { operation, model, seconds, width, height, aspectRatio, prompt: 'A cat' };
          const jobId = await provider.submit(input ? { ...request, input } : request, options());
          expect(await finished(provider, jobId)).toMatchObject({ status: 'completed' });
          const made = simulator.videoJobs().find((each) => each.id === jobId)!;
          expect([offer, made.width, made.height]).toEqual([offer, width, height]);
          expect([offer, Number(made.costUsd)]).toEqual([offer, Math.round(priceOf(format, seconds) * 1e6) / 1e6]);
        }
    },
    120_000,
  );

  it('bring the bytes and, on Sora’s wire, a picture', async () => {
    const jobId = await sora.submit(videoRequest({ seconds: 4 }), options());
    expect(await finished(sora, jobId)).toEqual({ status: 'completed', progress: 100, seconds: 4 });
    const { stream, bytes, mediaType } = await sora.video(jobId, options());
    const video = await buffer(stream);
    expect([mediaType, bytes, video.subarray(4, 8).toString()]).toEqual(['video/mp4', video.length, 'ftyp']);
    const picture = await sora.thumbnail(jobId, options());
    expect(picture?.mediaType).toMatch(/^image\//);
    picture?.stream.resume();
  });

  it('tell what Runway charges, for what it refuses too', async () => {
    const request = videoRequest({ model: 'gen4.5', seconds: 5 });
    const made = await runway.submit(request, options());
    expect(await finished(runway, made)).toEqual({ status: 'completed', costUsd: '0.6' });
    const refused = await runway.submit({ ...request, prompt: '[[video ms=1 fail=moderated]] x' }, options());
    expect(await finished(runway, refused)).toMatchObject({ status: 'failed', failure: { kind: 'moderated' } });
  });

  it('follow a store’s redirect without the key', async () => {
    const jobId = await sora.submit(videoRequest({ seconds: 4, prompt: '[[video ms=1 content=redirect]]' }), options());
    await finished(sora, jobId);
    const { stream } = await sora.video(jobId, options());
    expect((await buffer(stream)).subarray(4, 8).toString()).toBe('ftyp');
    const fetched = simulator.videoCalls().filter(({ wire, path }) => wire === 'files' || path.endsWith('/content'));
    expect(fetched.map(({ hasKey }) => hasKey)).toEqual([true, false]);
  });

  it('fetch by a fresh link where the former ones have expired', async () => {
    const jobId = await runway.submit(
      videoRequest({ model: 'gen4.5', seconds: 4, prompt: '[[video ms=1 link=400]]' }),
      options(),
    );
    await finished(runway, jobId);
    const firstAskedMs = performance.now();
    (await runway.video(jobId, options())).stream.resume();
    await eventually(() => expect(performance.now() - firstAskedMs).toBeGreaterThan(500));
    (await runway.video(jobId, options())).stream.resume();
  });

  it('don’t know a job of another key', async () => {
    const variables = { SORA_API_KEY: 'another', RUNWAYML_API_SECRET: 'another' };
    const urls = { SORA_BASE_URL: `${simulator.url}/v1`, RUNWAYML_BASE_URL: simulator.url };
    const { module, registry } = await startWith({ ...variables, ...urls });
    for (const [own, others] of [
      [sora, registry.all()[0]!],
      [runway, registry.all()[1]!],
    ] as const) {
      const jobId = await own.submit(videoRequest({ model: own.offers[0]!.model, seconds: 4 }), options());
      expect((await videoRejection(others.status(jobId, options()))).kind).toBe('job_not_found');
      expect((await own.status(jobId, options())).status).not.toBe('failed');
    }
    await module.close();
  });

  it.each(['hang', 'reset', 'cut', 'garbage', '500-begun', '500', '429', '503'])(
    'begin one job at most where an order is met by %s',
    async (fault) => {
      for (const provider of [sora, runway]) {
        const request = videoRequest({ model: provider.offers[0]!.model, prompt: `[[video create=${fault}]]` });
        const { kind } = await videoRejection(provider.submit(request, { signal: AbortSignal.timeout(500) }));
        expect(kind).toBe(/^(429|503)$/.test(fault) ? 'rate_limited' : 'unknown_outcome');
      }
      expect(simulator.videoCalls().map(({ method }) => method)).toEqual(['POST', 'POST']);
      expect(simulator.videoJobs().length).toBe(/^(429|503|500)$/.test(fault) ? 0 : 2);
    },
  );

  it('stop a job that runs, and leave the result of one that is over', async () => {
    for (const provider of [sora, runway]) {
      const request = videoRequest({ model: provider.offers[0]!.model, seconds: 4 });
      const endless = await provider.submit({ ...request, prompt: '[[video fail=stuck]]' }, options());
      await provider.cancel(endless, options());
      const done = await provider.submit(request, options());
      await finished(provider, done);
      await provider.cancel(done, options());
      (await provider.video(done, options())).stream.resume();
      const jobs = simulator.videoJobs();
      expect(jobs.find(({ id }) => id === endless)).toMatchObject({ status: 'cancelled', cancels: 1 });
      expect(jobs.find(({ id }) => id === done)).toMatchObject({ status: 'completed', cancels: 0, isDeleted: false });
    }
  });
});
