import { startTestApp, TEST_SECRET, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { makeDataFolder, type TestFolder } from '../support/test-folders.js';
import { readVideo, VideoClient } from '../support/video-client.js';
import { startWorker, type WorkerProcess } from '../support/worker-process.js';

/** Longer than a worker waits for jobs that another one can do again, shorter than a provider may take. */
const ANSWERS_AFTER_MS = 25_000;

describe('a worker that is told to end while a provider takes its time with an order', () => {
  let folder: TestFolder;
  let app: TestApp;
  let worker: WorkerProcess;

  beforeAll(async () => {
    folder = await makeDataFolder();
    app = await startTestApp({ DATA_DIR: folder.path });
    worker = startWorker({
      ...{ PATH: process.env['PATH']!, NODE_ENV: 'test', JWT_SECRET: TEST_SECRET, AUDIT_SECRET: TEST_SECRET },
      ...{ DATABASE_URL: app.databaseUrl, DATA_DIR: folder.path, DRAIN_MS: '1000' },
      ...{ SORA_BASE_URL: `${app.simulator.url}/v1`, SORA_API_KEY: 'test' },
    });
    await eventually(() => expect(worker.output()).toContain('The worker is ready'), 30_000);
  }, 60_000);
  afterAll(async () => {
    worker?.child.kill('SIGKILL');
    await worker?.ended;
    await app?.close();
    await folder?.remove();
  });

  it('waits for the answer and writes it down: no deploy makes an order of which nobody knows', async () => {
    const user = new VideoClient(app);
    const script = `[[video create=slow delay=${ANSWERS_AFTER_MS} ms=600000]]`;
    const videoId = await user.order(`${script} ${user.userId}`, { duration: 4 });
    const row = () => readVideo(app.databaseUrl, videoId);
    await eventually(async () => expect(await row()).toMatchObject({ state: 'submitting' }), 20_000);
    worker.child.kill('SIGTERM');
    expect(await worker.ended).toEqual([0, null]);
    const [job] = app.simulator.videoJobs();
    expect(await row()).toMatchObject({ state: 'submitted', submits: 1, job_id: job!.id });
    expect(worker.output()).not.toContain('left open');
  }, 120_000);
});
