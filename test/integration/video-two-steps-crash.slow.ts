import type { Client } from 'pg';
import { TEST_SECRET } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { BOTH, GENERATED, TwoStepsGateway } from '../support/two-steps.js';
import { startWorker, type WorkerProcess } from '../support/worker-process.js';
import { VideoCare } from '../../src/video/recovery/video-care.service.js';
import { firstStepAlone } from '../../src/video/plan/two-steps.js';
import { VIDEO_FAILURES } from '../../src/video/life/video-failures.js';
import { VideoSecondStep } from '../../src/video/store/video-second-step.store.js';
import { VideoStore } from '../../src/video/store/video.store.js';

/** The statement that puts a row to its second step waits for this lock. */
const LOCK = 4_711;
const WAITS = `
  CREATE FUNCTION wait_at_second_step() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_advisory_xact_lock(${LOCK}); RETURN NEW; END $$;
  CREATE TRIGGER wait_at_second_step BEFORE UPDATE ON video.video FOR EACH ROW
    WHEN (OLD.state = 'copying' AND NEW.state = 'queued') EXECUTE FUNCTION wait_at_second_step()`;
const WAITING = `SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = ${LOCK} AND NOT granted
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;

let gateway: TwoStepsGateway;
let database: Client;
const processes: WorkerProcess[] = [];
beforeEach(async () => {
  gateway = await TwoStepsGateway.start();
  database = gateway.database;
}, 60_000);
afterEach(async () => {
  await killAll();
  await gateway.close();
});

/** A worker that is started anew where it ends by itself: on a busy machine the database may not let it in at once. */
function superviseWorker(): void {
  const { simulator, databaseUrl } = gateway.app;
  const worker = startWorker({
    ...(gateway.variables as Record<string, string>),
    ...{ PATH: process.env['PATH']!, NODE_ENV: 'test', JWT_SECRET: TEST_SECRET, DATABASE_URL: databaseUrl },
    ...{ OPENAI_API_KEY: 'test', OPENAI_BASE_URL: `${simulator.url}/v1`, RUNWAYML_API_SECRET: 'test' },
    ...{ SORA_BASE_URL: `${simulator.url}/v1`, SORA_API_KEY: 'test', RUNWAYML_BASE_URL: simulator.url },
  });
  processes.push(worker);
  void worker.ended.then(() => {
    const index = processes.indexOf(worker);
    if (index < 0) return; // killed
    processes.splice(index, 1);
    superviseWorker();
  });
}

async function killAll(): Promise<void> {
  for (const { child, ended } of processes.splice(0)) {
    child.kill('SIGKILL');
    await ended;
  }
}

/** Kills the worker amid the statement that begins the second step. @param isDone whether the statement comes through all the same */
async function killAtSecondStep(isDone: boolean): Promise<void> {
  await database.query('SELECT pg_advisory_lock($1)', [LOCK]);
  superviseWorker();
  const pid = await eventually(async () => {
    const { rows } = await database.query<{ pid: number }>(WAITING);
    if (!rows[0]) throw new Error('no worker is at that statement');
    return rows[0].pid;
  }, 150_000);
  await killAll();
  if (!isDone) await database.query('SELECT pg_terminate_backend($1, 10000)', [pid]);
  await database.query('SELECT pg_advisory_unlock($1)', [LOCK]);
}

describe('a video of two steps whose process dies', () => {
  it('again and again, at each step and between them, is made once and charged once', async () => {
    const { simulator } = gateway.app;
    await database.query(WAITS);
    const { userId, body, videos } = await gateway.begin();
    const dieIn = async (step: 1 | 2, ...states: string[]) => {
      superviseWorker();
      await gateway.inStep(step, body.videoId, ...states);
      await killAll();
    };
    simulator.setVideoFault({ stage: 'content', fault: '503' }); // so that it stays there
    await dieIn(1, 'submitted', 'processing');
    await dieIn(1, 'copying');
    simulator.setVideoFault();
    await killAtSecondStep(false);
    await gateway.inStep(1, body.videoId, 'copying');
    await killAtSecondStep(true);
    await gateway.inStep(2, body.videoId, 'queued');
    simulator.setVideoFault({ stage: 'content', fault: '503' });
    await dieIn(2, 'submitted', 'processing');
    await dieIn(2, 'copying');
    simulator.setVideoFault();
    superviseWorker();
    expect(await videos.ended(body.videoId, 150_000)).toMatchObject({ status: 'completed', creditsUsed: BOTH });
    expect(await gateway.ledgerOf(userId)).toEqual({ credits: BOTH, held: 0, charges: 1, faults: [] });
    expect(gateway.jobs()).toEqual(['sora create', 'runway upscale']);
  }, 600_000);

  it('when it has fallen back to its first file is charged for that', async () => {
    gateway.app.simulator.setVideoFault({ wire: 'runway', stage: 'create', fault: '429' });
    await gateway.work();
    const { userId, body, videos } = await gateway.begin();
    await gateway.inStep(2, body.videoId, 'queued');
    await gateway.rest();
    const video = (await gateway.app.app.get(VideoStore, { strict: false }).find(body.videoId))!;
    const plan = firstStepAlone(video, VIDEO_FAILURES.no_provider, new Date());
    const how = { plan, from: ['queued'] as const, jobId: null, isFlagged: false };
    expect(await gateway.app.app.get(VideoSecondStep, { strict: false }).fallBack(video.id, how)).toBe(true);
    const second = await gateway.work();
    await second.get(VideoCare).look(0);
    expect(await videos.ended(body.videoId)).toMatchObject({ status: 'completed', creditsUsed: GENERATED });
    expect(await gateway.ledgerOf(userId)).toEqual({ credits: GENERATED, held: 0, charges: 1, faults: [] });
  }, 90_000);
});
