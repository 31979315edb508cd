import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Response } from 'playwright-core';
import { findChromium } from '../client/find-chromium.js';
import { probeVideo } from '../support/probe-video.js';
import { startVideoApp, type VideoApp } from '../support/video-app.js';
import { VideoClient, type VideoStatus } from '../support/video-client.js';
import { startPlayers, type PlayerBrowser, type VideoPlayer } from '../support/video-player.js';

const executablePath = findChromium();
const isSkipped = executablePath === undefined && !process.env.CI;
if (isSkipped) process.stderr.write('The test of a video in a browser is skipped: there is no chromium in PATH.\n');

const SECONDS = 8;

let app: VideoApp;
let video: VideoStatus;
beforeAll(async () => {
  app = await startVideoApp();
  const user = new VideoClient(app);
  video = await user.ended(await user.order('[[video ms=500]] A lighthouse in a storm', { duration: SECONDS }));
}, 60_000);
afterAll(() => app?.close());

const absolute = (link: string) => new URL(link, app.url).href;

describe('a video that was made', () => {
  it('is an H.264 file of the size and the length that were asked for, says ffprobe', async () => {
    expect(video).toMatchObject({ status: 'completed', progress: 100, duration: SECONDS });
    const folder = await mkdtemp(join(tmpdir(), 'video-'));
    try {
      const path = join(folder, 'video.mp4');
      await writeFile(path, Buffer.from(await (await fetch(absolute(video.url!))).arrayBuffer()));
      const seconds: unknown = expect.closeTo(SECONDS, 1);
      expect(await probeVideo(path)).toEqual({ codec: 'h264', width: 1280, height: 720, seconds });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('has a picture with a link of its own', async () => {
    const picture = await fetch(absolute(video.thumbnailUrl!));
    expect(picture.status).toBe(200);
    expect(picture.headers.get('content-type')).toMatch(/^image\/(webp|jpeg|png)$/);
  });
});

(isSkipped ? describe.skip : describe)('a video in a browser, on a page of another origin', () => {
  let browser: PlayerBrowser;
  let player: VideoPlayer;
  /** What the gateway answered to the page. */
  let answers: Response[];

  beforeAll(async () => {
    browser = await startPlayers(executablePath);
  }, 60_000);
  beforeEach(async () => {
    player = await browser.open();
    answers = [];
    player.page.on('response', (response) => {
      if (new URL(response.url()).origin === app.url) answers.push(response);
    });
  });
  afterEach(() => player?.page.close());
  afterAll(() => browser?.close());

  /** Where each part began that the gateway was asked for. */
  const partsAskedFor = () =>
    Promise.all(
      answers.map(async (answer) => {
        expect(answer.status()).toBe(206);
        const [, first] = /^bytes=(\d+)-/.exec((await answer.request().allHeaders()).range ?? '') ?? [];
        return Number(first);
      }),
    );

  it('plays from its signed link, and from its middle', async () => {
    const size = { width: 1280, height: 720, seconds: expect.closeTo(SECONDS, 1) as number };
    expect(await player.show(absolute(video.url!))).toEqual(size);
    expect(await player.play()).toBeGreaterThan(0.4);
    expect(await player.seek(5)).toBeCloseTo(5, 1);
    expect(await player.play()).toBeGreaterThan(5.4);
    expect(await partsAskedFor()).toContain(0);
  });

  it('may be read by the page, where the page asks for that', async () => {
    await player.show(absolute(video.url!), 'anonymous');
    await player.play();
    expect(await player.colours()).toBeGreaterThan(2);
  });
});
