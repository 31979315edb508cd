import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type Page, type Response } from 'playwright-core';
import { findChromium } from '../client/find-chromium.js';
import { probeVideo } from '../support/probe-video.js';
import { startVideoApp, type VideoApp } from '../support/video-app.js';
import { VideoClient, type VideoStatus } from '../support/video-client.js';

const executablePath = findChromium();
const isSkipped = executablePath === undefined && !process.env.CI;
if (isSkipped) process.stderr.write('The test of a video in a browser is skipped: there is no chromium in PATH.\n');

const SECONDS = 8;

interface ShownVideo {
  width: number;
  height: number;
  seconds: number;
}

/** In the page (player.html). */
declare global {
  var show: (link: string, crossOrigin?: string) => Promise<ShownVideo>;
  var play: () => Promise<number>;
  var seek: (seconds: number) => Promise<number>;
  var colours: () => number;
}

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
  let pages: Server;
  let browser: Browser;
  let page: Page;
  /** What the gateway answered to the page. */
  let answers: Response[];

  beforeAll(async () => {
    if (!executablePath)
      throw new Error('There is no chromium in PATH; .ci/run installs it (apt-get install chromium).');
    const html = await readFile(new URL('player.html', import.meta.url));
    pages = createServer((_request, response) => response.setHeader('content-type', 'text/html').end(html));
    await new Promise<void>((resolve) => pages.listen(0, '127.0.0.1', resolve));
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  }, 60_000);
  beforeEach(async () => {
    page = await browser.newPage();
    answers = [];
    page.on('response', (response) => {
      if (new URL(response.url()).origin === app.url) answers.push(response);
    });
    await page.goto(`http://localhost:${(pages.address() as AddressInfo).port}`);
  });
  afterEach(() => page.close());
  afterAll(async () => {
    await browser?.close();
    await new Promise((resolve) => pages.close(resolve));
  });

  const show = (link: string, crossOrigin?: string) =>
    page.evaluate(([src, cors]) => globalThis.show(src!, cors), [absolute(link), crossOrigin]);
  const play = () => page.evaluate(() => globalThis.play());
  const seek = (seconds: number) => page.evaluate((to) => globalThis.seek(to), seconds);
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
    expect(await show(video.url!)).toEqual({ width: 1280, height: 720, seconds: expect.closeTo(SECONDS, 1) });
    expect(await play()).toBeGreaterThan(0.4);
    expect(await seek(5)).toBeCloseTo(5, 1);
    expect(await play()).toBeGreaterThan(5.4);
    expect(await partsAskedFor()).toContain(0);
  });

  it('may be read by the page, where the page asks for that', async () => {
    await show(video.url!, 'anonymous');
    await play();
    expect(await page.evaluate(() => globalThis.colours())).toBeGreaterThan(2);
  });
});
