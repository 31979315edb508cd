/**
 * `npm run bench:video [-- COUNT]`: so many videos at once (500) on one worker: how often each is asked about, and how
 * late it is noticed that one is finished, and after how long it can be played. docs/video-figures.md says what the figures mean.
 */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { ensureSetUp } from '../scripts/setup.mjs';
import { accessToken } from './access-token.mjs';
import { assertMeasurable, cpuMicroseconds, residentMegabytes } from './process-usage.mjs';
import { onStage } from './stage.mjs';
import { percentile } from './statistics.mjs';

const COUNT = Number(process.argv[2] ?? 500);
/** What a video takes at the provider: evenly spread. */
const SHORTEST_MS = 30_000;
const LONGEST_MS = 120_000;
const ORDERED_AT_ONCE = 25;
const USERS = 20;
/** docs/video-figures.md */
const NOTICED_WITHIN_MS = 15_000;
/** Standard requests (720p, 8 s), as VIDEO_LATE_MS has it. */
const PLAYABLE_WITHIN_MS = 300_000;
const ENDS_WITHIN_MS = 600_000;
const LOOK_EVERY_MS = 1_000;

const say = (line) => process.stdout.write(`${line}\n`);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const seconds = (ms) => (ms / 1_000).toFixed(1);

async function bench(stage) {
  const { startSimulator } = await import('../dist/simulator/simulator.js');
  const { startEmbeddedPostgres } = await import('../dist/database/embedded-postgres.js');
  const database = await startEmbeddedPostgres({ dataDirectory: stage.dataDirectory, log: () => undefined });
  const simulator = await startSimulator();
  const pool = new pg.Pool({ connectionString: database.url, max: 2 });
  try {
    const secret = randomBytes(32).toString('hex');
    const env = environment(stage, database.url, simulator.url, secret);
    const gateway = await stage.serve('dist/main.js', [], { env });
    const worker = await stage.start('dist/worker.js', 'The worker is ready', { env });
    const cpuBefore = cpuMicroseconds(worker.pid);
    await orderAll(gateway.port, secret);
    const peakMegabytes = await untilAllOver(pool, worker.pid);
    const cpuSeconds = (cpuMicroseconds(worker.pid) - cpuBefore) / 1e6;
    return report(await readVideos(pool), simulator.videoJobs(), { cpuSeconds, peakMegabytes });
  } finally {
    await pool.end();
    await simulator.close();
    await stage.close();
    await database.stop();
  }
}

function environment({ dataDirectory }, databaseUrl, simulatorUrl, secret) {
  return {
    PORT: '0',
    HOST: '127.0.0.1',
    DATA_DIR: dataDirectory,
    DATABASE_URL: databaseUrl,
    DRAIN_MS: '0',
    JWT_SECRET: secret,
    MEDIA_SECRET: secret,
    AUDIT_SECRET: secret,
    RATE_LIMITS: 'off',
    SIGNUP_CREDITS: '999999999',
    OPENAI_API_KEY: 'bench',
    OPENAI_BASE_URL: `${simulatorUrl}/v1`,
    SORA_BASE_URL: `${simulatorUrl}/v1`,
    SORA_API_KEY: 'bench',
  };
}

async function orderAll(port, secret) {
  let next = 0;
  const keepOrdering = async () => {
    while (next < COUNT) await order(port, secret, next++);
  };
  await Promise.all(Array.from({ length: ORDERED_AT_ONCE }, keepOrdering));
}

async function order(port, secret, number) {
  const makingMs = Math.round(SHORTEST_MS + ((LONGEST_MS - SHORTEST_MS) * number) / COUNT);
  const response = await fetch(`http://127.0.0.1:${port}/api/mcp/sora2/generate`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${accessToken(secret, `bench-${number % USERS}`)}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ prompt: `A boat [[video ms=${makingMs}]]`, duration: 8, resolution: '720p' }),
  });
  if (!response.ok) throw new Error(`a video was refused: ${response.status} ${await response.text()}`);
  await response.arrayBuffer();
}

/** @returns the most memory that the worker had, in megabytes */
async function untilAllOver(pool, workerPid) {
  const untilMs = performance.now() + ENDS_WITHIN_MS;
  let peakMegabytes = 0;
  for (;;) {
    peakMegabytes = Math.max(peakMegabytes, residentMegabytes(workerPid));
    const { rows } = await pool.query('SELECT count(*)::int AS open FROM video.video WHERE ended_at IS NULL');
    if (rows[0].open === 0) return peakMegabytes;
    if (performance.now() > untilMs) throw new Error(`${rows[0].open} videos have no end`);
    await pause(LOOK_EVERY_MS);
  }
}

async function readVideos(pool) {
  const { rows } = await pool.query(
    'SELECT job_id, state, polls, created_at, submitted_at, finished_at, ended_at FROM video.video',
  );
  return rows;
}

function report(videos, jobs, { cpuSeconds, peakMegabytes }) {
  const failed = videos.filter(({ state }) => state !== 'completed').length;
  if (failed > 0) throw new Error(`${failed} videos were not completed`);
  const endedAt = new Map(jobs.map(({ id, endedAtMs }) => [id, endedAtMs]));
  const spread = (figure) => videos.map(figure);
  const submits = spread(({ created_at, submitted_at }) => submitted_at - created_at);
  const noticing = spread(({ job_id, finished_at }) => finished_at - endedAt.get(job_id));
  const playable = spread(({ job_id, ended_at }) => ended_at - endedAt.get(job_id));
  const whole = spread(({ created_at, ended_at }) => ended_at - created_at);
  const polls = spread((video) => video.polls);
  const gaps = jobs.flatMap(({ polledAtMs }) => polledAtMs.slice(1).map((at, index) => at - polledAtMs[index]));
  const line = (title, list) =>
    say(
      `  ${title.padEnd(46)} p50 ${seconds(percentile(list, 0.5))} s, p95 ${seconds(percentile(list, 0.95))} s, most ${seconds(Math.max(...list))} s`,
    );
  say(
    `${videos.length} videos of ${seconds(SHORTEST_MS)} to ${seconds(LONGEST_MS)} s at once, one worker, ${jobs.length} jobs at the provider`,
  );
  line('from the order to the provider', submits);
  line('from the end there to its being noticed', noticing);
  line('from the end there to a file that plays', playable);
  line('from the order to a file that plays', whole);
  say(
    `  ${'polls of a video'.padEnd(46)} least ${Math.min(...polls)}, median ${percentile(polls, 0.5)}, most ${Math.max(...polls)}; never sooner than ${seconds(Math.min(...gaps))} s after the last`,
  );
  say(
    `  the worker: ${((cpuSeconds * 1_000) / videos.length).toFixed(0)} ms of processor time a video, at most ${peakMegabytes.toFixed(0)} MB`,
  );
  const limits = [
    { list: noticing, withinMs: NOTICED_WITHIN_MS, what: 'noticed' },
    { list: whole, withinMs: PLAYABLE_WITHIN_MS, what: 'playable' },
  ].map(({ list, withinMs, what }) => ({ isKept: percentile(list, 0.95) <= withinMs, withinMs, what }));
  for (const { isKept, withinMs, what } of limits)
    say(`  ${isKept ? 'within' : 'BEYOND'} the limit: 95 % ${what} within ${seconds(withinMs)} s`);
  return limits.every(({ isKept }) => isKept);
}

assertMeasurable();
await ensureSetUp();
await onStage(bench);
