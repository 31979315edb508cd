import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startTestApp, TEST_SECRET, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { readLedger } from '../support/ledger-audit.js';
import { makeDataFolder, type TestFolder } from '../support/test-folders.js';
import { readVideo, VideoClient } from '../support/video-client.js';
import { startWorker, type WorkerProcess } from '../support/worker-process.js';

const FILE_BYTES = 2_000_000;
const ROOM_BYTES = 300_000;
const WITHIN_MS = 60_000;

/**
 * A disk that takes no more: the kernel refuses what the worker writes beyond so many bytes of a file (EFBIG, where a full
 * disk says ENOSPC; both come amid the writing). Unlike a full file system it needs no rights, and ends when it is told to.
 */
async function limitFiles({ child }: WorkerProcess, bytes: number | 'unlimited'): Promise<void> {
  await promisify(execFile)('prlimit', ['--pid', String(child.pid), `--fsize=${bytes}:unlimited`]);
}

describe('a worker whose disk takes no more', () => {
  let folder: TestFolder;
  let gateway: TestApp;
  let worker: WorkerProcess;
  beforeAll(async () => {
    folder = await makeDataFolder();
    const media = { DATA_DIR: folder.path, MEDIA_SECRET: TEST_SECRET };
    gateway = await startTestApp(media);
    worker = startWorker({
      ...{ ...media, DATABASE_URL: gateway.databaseUrl },
      ...{ SORA_BASE_URL: `${gateway.simulator.url}/v1`, SORA_API_KEY: 'test' },
    });
    await eventually(() => expect(worker.output()).toContain('The worker is ready'), WITHIN_MS);
  }, 2 * WITHIN_MS);
  afterAll(async () => {
    worker.child.kill('SIGTERM');
    await worker.ended;
    await gateway.close();
    await folder.remove();
  });

  it(
    'neither loses a video nor charges it, says why, and completes it once there is room',
    async () => {
      const user = new VideoClient(gateway);
      await limitFiles(worker, ROOM_BYTES);
      const videoId = await user.order(`[[video ms=100 bytes=${FILE_BYTES}]] a cat`, { duration: 4 });
      await eventually(
        () =>
          expect(worker.output()).toMatch(new RegExp(`${videoId} could not be stored, try 2 \\(EFBIG\\): an operator`)),
        WITHIN_MS,
      );
      expect(await user.status(videoId)).toMatchObject({ status: 'processing' });
      expect(await readVideo(gateway.databaseUrl, videoId)).toMatchObject({ state: 'copying', charged: null });
      expect(await readLedger(gateway.databaseUrl, user.userId)).toMatchObject({ charges: 0, pendingHolds: 1 });
      await limitFiles(worker, 'unlimited');
      expect(await user.ended(videoId, WITHIN_MS)).toMatchObject({ status: 'completed', creditsUsed: 800 });
      expect(await readLedger(gateway.databaseUrl, user.userId)).toMatchObject({ charges: 1, held: 0n, faults: [] });
      expect(gateway.simulator.videoJobs()).toHaveLength(1);
      const names = await readdir(join(folder.path, 'media'));
      expect(names.filter((name) => !name.startsWith(videoId))).toEqual([]); // no half of a file is left
      expect(names.filter((name) => name.endsWith('.mp4'))).toHaveLength(1);
    },
    3 * WITHIN_MS,
  );
});
