import { refusalOf, answer, type Refuse } from './strike.js';
import { readVideoDirective } from './video-directive.js';
import type { VideoExchange } from './video-exchange.js';
import type { VideoJob, VideoOrder } from './video-job.js';
import type { VideoRefusal } from './video-refusal.js';
import { isRefusal, type VideoScript, type VideoWire } from './video-script.js';
import type { VideoWorld } from './video-world.js';

/** How one vendor begins jobs. */
export interface JobBeginner {
  newId(): string;
  refuse: Refuse;
  /** What it says to a prompt that it refuses; absent: it begins the job, which fails at once. */
  moderated?(): VideoRefusal;
  /** Its answer to a job that was begun. */
  created(job: VideoJob): object;
}

/**
 * Begins a job, or lets happen what its script or a forced fault has instead: some of these begin it all the same.
 * @throws VideoRefusal or ScriptError
 */
export function beginJob(exchange: VideoExchange, world: VideoWorld, order: VideoOrder, vendor: JobBeginner): void {
  const { jobs, faults } = world;
  const script = scriptFor(order.wire, order.prompt);
  const trouble = faults.take('create', order.wire, script, jobs.countCreate(order.prompt, script));
  if (trouble?.fault === 'drop') return exchange.reset();
  if (trouble && isRefusal(trouble.fault)) throw refusalOf(trouble, vendor.refuse);
  const isModerated = trouble?.fault === 'moderated';
  if (isModerated && vendor.moderated) throw vendor.moderated();
  const job = isModerated
    ? jobs.begin({ ...order, priceMicroUsd: 0 }, failingAtOnce(script), vendor.newId(), exchange.keyFingerprint)
    : jobs.begin(order, script, vendor.newId(), exchange.keyFingerprint);
  if (trouble?.fault === '500-begun') throw vendor.refuse('500');
  answer(exchange, trouble, vendor.refuse, 200, vendor.created(job));
}

/** What a prompt asks for on a wire: the faults of another one are none. @throws ScriptError */
function scriptFor(wire: VideoWire, prompt: string): VideoScript {
  const script = readVideoDirective(prompt);
  if ((script.wire ?? wire) === wire) return script;
  const { end: _, ...rest } = script;
  return { ...rest, faults: {} };
}

function failingAtOnce(script: VideoScript): VideoScript {
  return { ...script, queueMs: 0, makingMs: 0, end: 'moderated' };
}
