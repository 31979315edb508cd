import { setTimeout as delay } from 'node:timers/promises';
import { signLink, type FileKind } from './file-link.js';
import { jobFile, piecesOf, type JobFile } from './job-file.js';
import { answer, refusalOf, SLOW_MS, type Refuse } from './strike.js';
import type { VideoExchange } from './video-exchange.js';
import type { VideoTrouble } from './video-faults.js';
import type { VideoJob } from './video-job.js';
import { VideoRefusal } from './video-refusal.js';
import { isBodyFault, isRefusal, type BodyFaultName } from './video-script.js';
import type { VideoWorld } from './video-world.js';

const REDIRECT_MS = 60_000;
const TRICKLE_MS = 100;
const TRICKLE_BYTES = 512;
const PAGE = '<html><body><h1>It works!</h1></body></html>';

/** How one vendor says no to a file. */
export interface FileRefusals {
  refuse: Refuse;
  /** The file is no longer kept, or the link no longer good. */
  expired(): VideoRefusal;
}

/** Sends a file of a finished job, or what goes wrong instead. @throws VideoRefusal */
export async function serveFile(
  exchange: VideoExchange,
  job: VideoJob,
  kind: FileKind,
  trouble: VideoTrouble | undefined,
  refusals: FileRefusals,
  world: VideoWorld,
): Promise<void> {
  const fault = trouble?.fault;
  if (trouble && isRefusal(trouble.fault)) throw refusalOf(trouble, refusals.refuse);
  if (fault === 'expired') throw refusals.expired();
  if (fault === 'redirect') return exchange.empty(302, { location: elsewhere(exchange, job, kind, world) });
  if (fault === 'hang' || fault === 'reset' || fault === 'garbage') {
    return answer(exchange, trouble, refusals.refuse, 200, {});
  }
  if (fault === 'slow') await delay(trouble?.delayMs ?? SLOW_MS);
  const bodyFault = isBodyFault(fault) ? fault : undefined;
  const file = await jobFile(job, kind, bodyFault, world.cache);
  if (!file) throw refusals.refuse('404');
  await send(exchange, file, fault === 'cut' ? 'truncated' : bodyFault, trouble?.delayMs);
}

async function send(
  exchange: VideoExchange,
  file: JobFile,
  fault: BodyFaultName | undefined,
  delayMs = TRICKLE_MS,
): Promise<void> {
  const { mediaType, length } = file;
  const type = { 'content-type': mediaType };
  const half = Math.floor(length / 2);
  switch (fault) {
    case 'truncated':
      return exchange.streamAndCut(200, { ...type, 'content-length': length }, piecesOf(file, half));
    case 'ended':
      return exchange.stream(200, type, piecesOf(file, half));
    case 'length':
      return exchange.stream(200, { ...type, 'content-length': half, connection: 'close' }, piecesOf(file, length));
    case 'empty':
      return exchange.body(200, type);
    case 'html':
      return exchange.body(200, type, PAGE);
    case 'endless':
      return exchange.stream(200, type, piecesOf(file, Infinity));
    case 'trickle':
      return exchange.stream(200, { ...type, 'content-length': length }, slowly(file, delayMs));
    default:
      return exchange.stream(200, { ...type, 'content-length': length }, piecesOf(file, length));
  }
}

async function* slowly(file: JobFile, delayMs: number): AsyncGenerator<Buffer> {
  for (const piece of piecesOf(file, file.length)) {
    for (let at = 0; at < piece.length; at += TRICKLE_BYTES) {
      yield piece.subarray(at, at + TRICKLE_BYTES);
      await delay(delayMs);
    }
  }
}

/** A link to the same file at another origin: the same port under another name. */
function elsewhere({ origin }: VideoExchange, job: VideoJob, kind: FileKind, { secret }: VideoWorld): string {
  const other = new URL(origin);
  other.hostname = other.hostname === 'localhost' ? '127.0.0.1' : 'localhost';
  return signLink(secret, other.origin, { jobId: job.id, kind, expiresAtMs: Date.now() + REDIRECT_MS, isLast: true });
}
