import type { VideoJob, VideoJobFailure } from '../contract/video-provider.js';
import { asObject } from '../http/json.js';
import { jobCode } from '../video/job-code.js';
import { isModerationCode } from '../video/refusal-kind.js';

const STATUS_OF: ReadonlyMap<unknown, VideoJob['status']> = new Map<unknown, VideoJob['status']>([
  ['queued', 'queued'],
  ['in_progress', 'running'],
  ['completed', 'completed'],
  ['failed', 'failed'],
  ['cancelled', 'cancelled'],
  ['deleted', 'cancelled'], // SGLang
]);

/** The wire's video object in our words. @throws where it is none */
export function soraJob(video: unknown): VideoJob {
  const { status: word, progress, seconds, error } = asObject(video) ?? {};
  const status = STATUS_OF.get(word);
  if (!status) throw new Error('The answer is no video object');
  const length = Number(seconds ?? NaN);
  return {
    status,
    ...(typeof progress === 'number' ? { progress: Math.min(Math.max(Math.round(progress), 0), 100) } : {}),
    ...(status === 'completed' && length > 0 ? { seconds: length } : {}),
    ...(status === 'failed' ? { failure: failureOf(error) } : {}),
  };
}

function failureOf(error: unknown): VideoJobFailure {
  const code = jobCode(asObject(error)?.code) ?? 'unknown';
  return { kind: isModerationCode(code) ? 'moderated' : 'failed', code };
}
