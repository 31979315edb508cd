import { randomUUID } from 'node:crypto';
import { readJsonObject } from '../../request-body.js';
import { WRONG_KEY } from '../../wires/keys.js';
import { beginJob } from '../begin-job.js';
import { answer } from '../strike.js';
import type { VideoExchange } from '../video-exchange.js';
import type { VideoTrouble } from '../video-faults.js';
import type { VideoJob } from '../video-job.js';
import { isRefusal } from '../video-script.js';
import type { VideoWorld } from '../video-world.js';
import { MICRO_USD_PER_CREDIT } from './runway-models.js';
import { RUNWAY_ENDPOINTS, type ReadOrder } from './runway-order.js';
import { notFound, refusal, RUNWAY_REFUSALS } from './runway-refusals.js';
import { runwayTask } from './runway-task.js';
import { beginUpload } from './runway-uploads.js';

const VERSION = '2024-11-06';
const { refuse } = RUNWAY_REFUSALS;

/** Whether Runway serves this path. @param path without `/v1` */
export function isRunwayPath(path: string): boolean {
  return Object.hasOwn(RUNWAY_ENDPOINTS, path) || path === '/uploads' || path.startsWith('/tasks/');
}

/** Serves Runway's API. @throws VideoRefusal */
export async function serveRunway(path: string, exchange: VideoExchange, world: VideoWorld): Promise<void> {
  const { method, headers } = exchange.request;
  if (exchange.key === undefined || exchange.key === WRONG_KEY) throw refuse('401');
  if (headers['x-runway-version'] !== VERSION)
    throw refusal(400, `The X-Runway-Version header is required, and has to be ${VERSION}.`);
  const read = Object.hasOwn(RUNWAY_ENDPOINTS, path) ? RUNWAY_ENDPOINTS[path] : undefined;
  if (read) return method === 'POST' ? begin(exchange, world, read) : wrongMethod();
  if (path === '/uploads') return method === 'POST' ? beginUpload(exchange, world) : wrongMethod();
  const job = world.jobs.find(path.slice('/tasks/'.length), exchange.keyFingerprint);
  if (job?.wire !== 'runway') throw notFound();
  if (method === 'GET') return poll(exchange, job, world);
  if (method === 'DELETE') return cancel(exchange, job, world);
  return wrongMethod();
}

function wrongMethod(): never {
  throw refusal(405, 'Method not allowed');
}

async function begin(exchange: VideoExchange, world: VideoWorld, read: ReadOrder): Promise<void> {
  const body = await readJsonObject(exchange.request);
  if (!body) throw refusal(400, 'The body is not valid JSON.');
  const order = await read(body, exchange, world);
  beginJob(exchange, world, order, {
    newId: randomUUID,
    refuse,
    created: ({ id, priceMicroUsd }) => ({ id, estimatedCost: { credits: priceMicroUsd / MICRO_USD_PER_CREDIT } }),
  });
}

function poll(exchange: VideoExchange, job: VideoJob, { jobs, faults, secret }: VideoWorld): void {
  const trouble = faults.take('poll', 'runway', job.script, jobs.count(job, 'poll'));
  const task = runwayTask(job, Date.now(), secret, exchange.origin);
  answer(exchange, trouble, refuse, 200, { ...task, ...untruths(job, trouble) });
}

/** What a poll says wrongly. */
function untruths({ counts }: VideoJob, trouble: VideoTrouble | undefined): Record<string, unknown> {
  switch (trouble?.fault) {
    case 'unknown':
      return { status: 'MEDITATING', progress: 0.5 };
    case 'backwards':
      return { status: 'RUNNING', progress: Math.max(0, 90 - 10 * counts.poll) / 100 };
    default:
      return {};
  }
}

/** A task that isn't over is stopped and can still be asked about; one that is over goes, and its video with it. */
function cancel(exchange: VideoExchange, job: VideoJob, { jobs, faults }: VideoWorld): void {
  const trouble = faults.take('cancel', 'runway', job.script, jobs.count(job, 'cancel'));
  if (!trouble || !isRefusal(trouble.fault)) {
    const { status } = jobs.stop(job);
    if (status !== 'queued' && status !== 'running') jobs.remove(job);
  }
  if (trouble) return answer(exchange, trouble, refuse, 204, {});
  exchange.empty(204);
}
