import { startStage, type Stage } from '../../src/demo/stage.js';
import { showVideo, type ShownVideo } from '../../src/demo/video-act.js';
import { findChromium } from '../client/find-chromium.js';
import { probeVideo } from '../support/probe-video.js';
import { makeDataFolder, type TestFolder } from '../support/test-folders.js';
import { startPlayers } from '../support/video-player.js';

const executablePath = findChromium();
const isSkipped = executablePath === undefined && !process.env.CI;
if (isSkipped) process.stderr.write("The test of the demo's video in a browser is skipped: there is no chromium.\n");

const SECONDS = 8;

describe('the video of npm run demo', () => {
  let folder: TestFolder;
  let stage: Stage;
  let shown: ShownVideo;

  beforeAll(async () => {
    folder = await makeDataFolder();
    stage = await startStage('demo-viewer', folder.path);
    shown = await showVideo(stage);
  }, 120_000);
  afterAll(async () => {
    await stage?.end();
    await folder?.remove();
  });

  it('is an H.264 file of the size and the length that were asked for, says ffprobe', async () => {
    const seconds: unknown = expect.closeTo(SECONDS, 1);
    expect(await probeVideo(shown.path)).toEqual({ codec: 'h264', width: 1280, height: 720, seconds });
  });

  (isSkipped ? it.skip : it)(
    'plays in a browser from its signed link, and from its middle',
    async () => {
      const browser = await startPlayers(executablePath);
      try {
        const player = await browser.open();
        const ranges: number[] = [];
        player.page.on('response', (answer) => {
          if (answer.url() === shown.link) ranges.push(answer.status());
        });
        const size = { width: 1280, height: 720, seconds: expect.closeTo(SECONDS, 1) as number };
        expect(await player.show(shown.link)).toEqual(size);
        expect(await player.play()).toBeGreaterThan(0.4);
        expect(await player.seek(6)).toBeCloseTo(6, 1);
        expect(await player.play()).toBeGreaterThan(6.4);
        expect(ranges.length).toBeGreaterThan(0);
        expect(new Set(ranges)).toEqual(new Set([206]));
      } finally {
        await browser.close();
      }
    },
    60_000,
  );
});
