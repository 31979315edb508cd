import type { IncomingMessage, ServerResponse } from 'node:http';
import { uniqueId } from '../exchange.js';
import { ScriptError } from '../faults/fault-order.js';
import { OPENAI } from '../wires/openai-vendor.js';
import { FILES_PATH, readLink } from './file-link.js';
import { isRunwayPath, serveRunway } from './runway/runway-endpoint.js';
import { notFound, refusal as runwayRefusal, RUNWAY_REFUSALS } from './runway/runway-refusals.js';
import { receiveUpload, UPLOADS_PATH } from './runway/runway-uploads.js';
import { serveFile } from './serve-file.js';
import { serveSora } from './sora/sora-endpoint.js';
import { badRequest, soraRefusals } from './sora/sora-refusals.js';
import type { VideoCall } from './video-calls.js';
import { VideoExchange } from './video-exchange.js';
import { stateOf } from './video-job.js';
import { VideoRefusal } from './video-refusal.js';
import type { VideoWorld } from './video-world.js';

/** Who serves a path, and the path below what it begins with. */
interface VideoRoute {
  wire: VideoCall['wire'];
  serve: (exchange: VideoExchange, world: VideoWorld) => Promise<void>;
}

/** Finds who serves a path of the video wires, with `/v1` before it or without; undefined: it is none. */
export function videoRouteOf(path: string): VideoRoute | undefined {
  if (path.startsWith(FILES_PATH)) return { wire: 'files', serve: serveLink };
  if (path.startsWith(UPLOADS_PATH)) return { wire: 'files', serve: receiveUpload };
  const shortPath = path.replace(/^\/v1(?=\/)/, '');
  if (/^\/videos(\/|$)/.test(shortPath)) {
    return { wire: 'sora', serve: (...request) => serveSora(shortPath.slice('/videos'.length), ...request) };
  }
  if (isRunwayPath(shortPath)) return { wire: 'runway', serve: (...request) => serveRunway(shortPath, ...request) };
  return undefined;
}

/** Serves a request of the video wires. */
export async function serveVideo(
  { wire, serve }: VideoRoute,
  request: IncomingMessage,
  response: ServerResponse,
  world: VideoWorld,
): Promise<void> {
  const exchange = new VideoExchange(request, response);
  if (wire === 'sora') response.setHeader(OPENAI.requestIdHeader, uniqueId('req_'));
  world.calls.note(wire, exchange.url.pathname, request, response);
  try {
    await serve(exchange, world);
  } catch (error) {
    exchange.refuse(refusalFor(error, wire));
  }
}

function refusalFor(error: unknown, wire: VideoCall['wire']): VideoRefusal {
  if (error instanceof VideoRefusal) return error;
  if (!(error instanceof ScriptError)) throw error;
  const message = `Bad simulator script: ${error.message}`;
  return wire === 'sora' ? badRequest(message) : runwayRefusal(400, message);
}

/** A link to a file, which needs no key. @throws VideoRefusal */
async function serveLink(exchange: VideoExchange, world: VideoWorld): Promise<void> {
  const { jobs, faults, secret } = world;
  const link = readLink(secret, exchange.url);
  if (!link || link.expiresAtMs <= Date.now()) throw RUNWAY_REFUSALS.expired();
  const job = jobs.findForLink(link.jobId);
  if (!job || stateOf(job, Date.now()).status !== 'completed') throw notFound();
  const refusals = job.wire === 'sora' ? soraRefusals(job.model, job.id) : RUNWAY_REFUSALS;
  const trouble = link.isLast ? undefined : faults.take('content', job.wire, job.script, jobs.count(job, 'content'));
  return serveFile(exchange, job, link.kind, trouble, refusals, world);
}
