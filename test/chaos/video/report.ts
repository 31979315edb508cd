import type { VideoRunResult } from './run.js';
import { STEPS, type Step } from './steps.js';

const MOST_SHOWN = 40;

/** The figures of a run. */
export interface VideoFigures {
  seed: number;
  rounds: number;
  onRedis: boolean;
  provider: string;
  kills: { workers: number; gateways: number; redis: number };
  troubles: string[];
  videos: number;
  completed: number;
  submitUnknown: number;
  /** Of them, those that the provider began all the same. */
  begunUnknown: number;
  jobs: number;
  drafts: number;
  /** Blows that caught at least one video at a step, and videos that were caught there. */
  steps: Partial<Record<Step, { blows: number; videos: number }>>;
  longestMs: number;
  aftermathMs: number;
  violations: number;
  /** The rules that were broken. */
  rules: string[];
}

export function figuresOf({
  options,
  kills,
  troubles,
  blows,
  evidence,
  violations,
  aftermathMs,
}: VideoRunResult): VideoFigures {
  const { rows, jobs, drafts } = evidence;
  const { seed, rounds, onRedis, provider } = options;
  const unknown = rows.filter(({ error }) => error?.code === 'SUBMIT_UNKNOWN');
  const lives = rows.map(({ createdAt, endedAt }) => (endedAt?.getTime() ?? Infinity) - createdAt.getTime());
  const steps: VideoFigures['steps'] = {};
  for (const { videos } of blows)
    for (const [step, count] of videos) {
      const { blows: before = 0, videos: caught = 0 } = steps[step] ?? {};
      steps[step] = { blows: before + 1, videos: caught + count };
    }
  return {
    ...{ seed, rounds, onRedis, provider, kills, troubles, drafts, aftermathMs, steps },
    videos: rows.length,
    completed: rows.filter(({ state }) => state === 'completed').length,
    submitUnknown: unknown.length,
    begunUnknown: unknown.filter(({ marker }) => jobs.has(marker ?? '')).length,
    jobs: [...jobs.values()].reduce((sum, list) => sum + list.length, 0),
    longestMs: Math.round(Math.max(...lives)),
    violations: violations.length,
    rules: [...new Set(violations.map(({ rule }) => rule))],
  };
}

/** The whole report: what was broken first, then the figures. */
export function reportText(result: VideoRunResult): string {
  const { violations } = result;
  const figures = figuresOf(result);
  const { seed, rounds, onRedis, provider, kills, videos, completed, submitUnknown, begunUnknown, jobs } = figures;
  const verdict = violations.length === 0 ? 'no violation' : `${violations.length} VIOLATIONS`;
  const steps = (Object.keys(STEPS) as Step[]).map((step) => {
    const { blows = 0, videos: caught = 0 } = figures.steps[step] ?? {};
    return `    ${String(blows).padStart(3)} blows, ${String(caught).padStart(4)} videos: ${STEPS[step]}`;
  });
  return [
    `videos, seed ${seed}: ${verdict}`,
    ...violations.slice(0, MOST_SHOWN).map(({ rule, id, detail }) => `  ${rule} ${id ?? ''}: ${detail}`),
    `  ${rounds} rounds on ${onRedis ? 'Redis' : 'PostgreSQL'} with ${provider}: kill -9 of ${kills.workers} workers, ${kills.gateways} gateways, Redis ${kills.redis} times`,
    ...figures.troubles.map((name) => `  ${name}`),
    `  ${videos} videos: ${completed} completed, ${submitUnknown} of which nobody knows what became of their order (${begunUnknown} had begun); ${jobs} jobs at the provider`,
    ...steps,
    `  the longest took ${figures.longestMs} ms, the last ended ${figures.aftermathMs} ms after the last round; ${figures.drafts} half-written files were swept`,
    '',
  ].join('\n');
}
