import type { IncomingMessage, ServerResponse } from 'node:http';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.js';
import { findChromium } from '../client/find-chromium.js';
import { startDeliveringFront, type DeliveringFront } from '../support/delivering-front.js';
import { eventually } from '../support/eventually.js';
import { makeLargeVideo, type LargeVideo } from '../support/large-video.js';
import { startVideoApp, type VideoApp } from '../support/video-app.js';
import { VideoClient } from '../support/video-client.js';
import { startPlayers, type PlayerBrowser, type VideoPlayer } from '../support/video-player.js';

const executablePath = findChromium();
const isSkipped = executablePath === undefined && !process.env.CI;
if (isSkipped)
  process.stderr.write('The test of a large video in a browser is skipped: there is no chromium in PATH.\n');

const SECONDS = 20;
const SEEKS_TO = 15;
/** Small ones are fetched whole at once, so that a jump asks for nothing. */
const LEAST_BYTES = 30_000_000;

/** What the gateway was asked for a file, and what it answered. */
interface Part {
  status: number;
  /** Where it begins, in bytes. */
  first: number;
  /** Of the whole file. */
  total: number;
}

function partOf(response: ServerResponse): Part {
  const [, first, total] = /^bytes (\d+)-\d+\/(\d+)$/.exec(String(response.getHeader('content-range'))) ?? [];
  return { status: response.statusCode, first: Number(first), total: Number(total) };
}

(isSkipped ? describe.skip : describe)('a video of 40 MB in a browser', () => {
  let simulator: Simulator;
  let front: DeliveringFront;
  let app: VideoApp;
  let browser: PlayerBrowser;
  let player: VideoPlayer;
  let large: LargeVideo;
  /** What the provider delivers. */
  let file: Buffer;
  let parts: Part[];

  beforeAll(async () => {
    large = await makeLargeVideo(SECONDS);
    simulator = await startSimulator({ videoMs: 300 });
    front = await startDeliveringFront(simulator.url, () => file);
    app = await startVideoApp({ SORA_BASE_URL: `${front.url}/v1`, SORA_API_KEY: 'test' });
    const server = app.app.getHttpServer();
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      if (request.url?.startsWith('/media/')) response.on('close', () => parts.push(partOf(response)));
    });
    browser = await startPlayers(executablePath);
  }, 120_000);
  beforeEach(async () => {
    parts = [];
    player = await browser.open();
  });
  afterEach(() => player?.page.close());
  afterAll(async () => {
    await browser?.close();
    await app?.close();
    await front?.close();
    await simulator?.close();
  });

  it.each(['indexFirst', 'indexLast'] as const)(
    'shows the picture of a time that was not fetched yet, by a range amid the file (%s)',
    async (index) => {
      file = large[index];
      expect(file.length).toBeGreaterThan(LEAST_BYTES);
      const user = new VideoClient(app);
      const video = await user.ended(await user.order('A circle of colours', { duration: SECONDS }));
      expect(video).toMatchObject({ status: 'completed', duration: SECONDS });

      const size = { width: 1280, height: 720, seconds: expect.closeTo(SECONDS, 0) as number };
      expect(await player.show(new URL(video.url!, app.url).href, 'anonymous')).toEqual(size);
      expect(await player.hue()).toBeCloseTo(0, -2);
      const before = parts.length;
      expect(await player.seek(SEEKS_TO)).toBeCloseTo(SEEKS_TO, 1);
      expect(Math.abs((await player.hue()) - (360 * SEEKS_TO) / SECONDS)).toBeLessThan(20);
      expect(await player.play()).toBeGreaterThan(SEEKS_TO + 0.4);

      await eventually(() => {
        const amid = parts.slice(before).filter(({ first, total }) => first > total * 0.6 && first < total * 0.8);
        expect(amid[0]).toBeDefined();
        for (const part of amid) expect(part).toMatchObject({ status: 206, total: file.length });
      });
    },
    120_000,
  );
});
