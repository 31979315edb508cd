import { stateOf, usualMakingMs, type JobState, type VideoJob, type VideoOrder } from './video-job.js';
import type { VideoScript, VideoStage } from './video-script.js';

/** The oldest are forgotten. */
const JOBS_LIMIT = 10_000;
const POLLS_LIMIT = 1_000;

/** All jobs that were ever begun. */
export class VideoJobs {
  #jobs = new Map<string, VideoJob>();
  /** How often a prompt came whose script has something go wrong with that. */
  #creates = new Map<string, number>();

  /** @param makingMs how long a job takes where no script says; absent: longer for longer videos */
  constructor(private readonly makingMs?: number) {}

  /** Counts one more attempt to begin a job with this prompt. @returns which one it is, from 1 on */
  countCreate(prompt: string, script: VideoScript): number {
    if (!script.faults.create) return 1;
    const nth = (this.#creates.get(prompt) ?? 0) + 1;
    this.#creates.set(prompt, nth);
    return nth;
  }

  begin(order: VideoOrder, script: VideoScript, id: string, keyFingerprint: string): VideoJob {
    const createdAtMs = Date.now();
    const beginsAtMs = createdAtMs + (script.queueMs ?? 0);
    const endsAtMs = beginsAtMs + (script.makingMs ?? this.makingMs ?? usualMakingMs(order.seconds));
    const times = { createdAtMs, beginsAtMs, endsAtMs, polledAtMs: [] };
    const counts = { create: 1, poll: 0, content: 0, thumbnail: 0, cancel: 0 };
    const job: VideoJob = { ...order, ...times, id, keyFingerprint, script, counts };
    this.#jobs.set(id, job);
    if (this.#jobs.size > JOBS_LIMIT) this.#jobs.delete(this.#jobs.keys().next().value!);
    return job;
  }

  /** Counts a request of a kind. @returns which one it is for this job, from 1 on */
  count(job: VideoJob, stage: VideoStage): number {
    if (stage === 'poll') {
      job.polledAtMs.push(Date.now());
      if (job.polledAtMs.length > POLLS_LIMIT) job.polledAtMs.shift();
    }
    return (job.counts[stage] += 1);
  }

  /** A job, to whoever has the key that it was made with, as long as it wasn't taken away. */
  find(id: string, keyFingerprint: string): VideoJob | undefined {
    const job = this.#jobs.get(id);
    return job && job.keyFingerprint === keyFingerprint && job.deletedAtMs === undefined ? job : undefined;
  }

  /** A job for whoever has a link to its file. */
  findForLink(id: string): VideoJob | undefined {
    const job = this.#jobs.get(id);
    return job?.deletedAtMs === undefined ? job : undefined;
  }

  /** Stops a job that isn't over. @returns how it stood */
  stop(job: VideoJob): JobState {
    const state = stateOf(job, Date.now());
    if (state.status === 'queued' || state.status === 'running') job.cancelledAtMs = Date.now();
    return state;
  }

  /** Takes a job away, with its video. */
  remove(job: VideoJob): void {
    this.stop(job);
    job.deletedAtMs = Date.now();
  }

  all(): VideoJob[] {
    return [...this.#jobs.values()];
  }

  reset(): void {
    this.#jobs.clear();
    this.#creates.clear();
  }
}
