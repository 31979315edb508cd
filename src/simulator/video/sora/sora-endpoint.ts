import { uniqueId } from '../../exchange.js';
import { isOneOf } from '../../faults/fault-names.js';
import { OPENAI } from '../../wires/openai-vendor.js';
import { beginJob } from '../begin-job.js';
import { FILE_KINDS } from '../file-link.js';
import { readRequestFields, type RequestFields } from '../request-fields.js';
import { serveFile } from '../serve-file.js';
import { answer } from '../strike.js';
import type { VideoExchange } from '../video-exchange.js';
import type { VideoTrouble } from '../video-faults.js';
import { stateOf, type VideoJob, type VideoOrder } from '../video-job.js';
import { isRefusal } from '../video-script.js';
import type { VideoWorld } from '../video-world.js';
import { soraList } from './sora-list.js';
import { createOrder, editOrder, extensionOrder, remixOrder } from './sora-order.js';
import * as refusals from './sora-refusals.js';
import { soraVideo } from './sora-video.js';

/** Serves what stands behind `/v1/videos`. @param path what follows that, such as `/video_1/content` @throws VideoRefusal */
export async function serveSora(path: string, exchange: VideoExchange, world: VideoWorld): Promise<void> {
  const keyError = OPENAI.keyError(exchange.request.headers);
  if (keyError) throw refusals.refusal(keyError);
  const { method } = exchange.request;
  const [id, action, ...rest] = path.split('/').slice(1);
  const find = (jobId: string) => findJob(jobId, exchange, world);
  if (rest.length === 0 && method === 'POST') {
    if (id === undefined) return begin(exchange, world, createOrder);
    if (id === 'edits' && action === undefined) return begin(exchange, world, (body) => editOrder(body, find));
    if (id === 'extensions' && action === undefined)
      return begin(exchange, world, (body) => extensionOrder(body, find));
    if (action === 'remix') return begin(exchange, world, (body) => remixOrder(body, known(id, find)));
  }
  if (rest.length === 0 && method === 'GET') {
    if (id === undefined) return exchange.json(200, soraList(exchange, world.jobs.all()));
    if (action === undefined) return poll(exchange, known(id, find), world);
    if (action === 'content') return content(exchange, known(id, find), world);
  }
  if (method === 'DELETE' && id !== undefined && action === undefined) return remove(exchange, known(id, find), world);
  throw refusals.unknownPath(exchange.url.pathname);
}

function findJob(id: string, { keyFingerprint }: VideoExchange, { jobs }: VideoWorld): VideoJob | undefined {
  const job = jobs.find(id, keyFingerprint);
  return job?.wire === 'sora' ? job : undefined;
}

function known(id: string, find: (id: string) => VideoJob | undefined): VideoJob {
  const job = find(id);
  if (!job) throw refusals.videoNotFound(id);
  return job;
}

async function begin(
  exchange: VideoExchange,
  world: VideoWorld,
  read: (body: RequestFields) => VideoOrder | Promise<VideoOrder>,
): Promise<void> {
  const body = await readRequestFields(exchange.request);
  if (!body) throw refusals.badRequest('We could not parse the body of your request.');
  const order = await read(body);
  beginJob(exchange, world, order, {
    newId: () => uniqueId('video_'),
    refuse: refusals.soraRefusals(order.model).refuse,
    moderated: refusals.moderated,
    created: (job) => soraVideo(job, job.createdAtMs - 1),
  });
}

function poll(exchange: VideoExchange, job: VideoJob, { jobs, faults }: VideoWorld): void {
  const trouble = faults.take('poll', 'sora', job.script, jobs.count(job, 'poll'));
  const { refuse } = refusals.soraRefusals(job.model, job.id);
  answer(exchange, trouble, refuse, 200, { ...soraVideo(job, Date.now()), ...untruths(job, trouble) });
}

/** What a poll says wrongly. */
function untruths(job: VideoJob, trouble: VideoTrouble | undefined): Record<string, unknown> {
  switch (trouble?.fault) {
    case 'unknown':
      return { status: 'meditating', progress: 50 };
    case 'backwards':
      return { status: 'in_progress', progress: Math.max(0, 90 - 10 * job.counts.poll) };
    default:
      return {};
  }
}

async function content(exchange: VideoExchange, job: VideoJob, world: VideoWorld): Promise<void> {
  const variant = exchange.url.searchParams.get('variant') ?? 'video';
  if (!isOneOf(FILE_KINDS, variant)) throw refusals.badField(`Invalid value: '${variant}'.`, 'variant');
  if (stateOf(job, Date.now()).status !== 'completed')
    throw refusals.badRequest('Video is not ready yet, use GET /v1/videos/{video_id} to check status.');
  const stage = variant === 'video' ? 'content' : 'thumbnail';
  const trouble = world.faults.take(stage, 'sora', job.script, world.jobs.count(job, stage));
  return serveFile(exchange, job, variant, trouble, refusals.soraRefusals(job.model, job.id), world);
}

/** A job that isn't over is stopped; either way it is gone then. */
function remove(exchange: VideoExchange, job: VideoJob, { jobs, faults }: VideoWorld): void {
  const trouble = faults.take('cancel', 'sora', job.script, jobs.count(job, 'cancel'));
  if (!trouble || !isRefusal(trouble.fault)) jobs.remove(job);
  const { refuse } = refusals.soraRefusals(job.model, job.id);
  answer(exchange, trouble, refuse, 200, { id: job.id, object: 'video.deleted', deleted: true });
}
