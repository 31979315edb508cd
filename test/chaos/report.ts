import type { ChaosResult } from './run.js';
import type { LogLine } from './stage/node-log.js';

const MOST_SHOWN = 40;

/** The figures of a run. */
export interface Figures {
  seed: number;
  seconds: number;
  requests: number;
  /** Requests for which credits were held. */
  held: number;
  ended: number;
  refused: number;
  left: number;
  stuck: number;
  frames: number;
  showings: number;
  kills: number;
  workerKills: number;
  postmasterKills: number;
  freezes: number;
  terminations: number;
  linkFaults: number;
  reaped: number;
  cancelled: number;
  exhausted: number;
  lost: number;
  done: number;
  violations: number;
  /** The rules that were broken. */
  rules: string[];
  aftermathMs: number;
  looks: number;
  sights: number;
}

/** What is worth a line in a table. */
export function figuresOf({ options, history, stored, violations, counts }: ChaosResult): Figures {
  const records = [...history.requests.values()];
  const fates = (fate: string) => records.filter((record) => record.fate === fate).length;
  const faults = (kind: string) => history.faults.filter((fault) => fault.kind === kind).length;
  const outcomes = [...(stored?.requests.values() ?? [])];
  const ends = (reason: string) => outcomes.filter(({ outcome }) => outcome?.finishReason === reason).length;
  const showings = records.flatMap((record) => record.showings);
  return {
    seed: options.seed,
    seconds: options.seconds,
    requests: records.length,
    held: outcomes.length,
    ended: fates('ended'),
    refused: fates('refused'),
    left: fates('left'),
    stuck: fates('stuck'),
    frames: showings.reduce((sum, { frames }) => sum + frames.length, 0),
    showings: showings.length,
    kills: faults('kill') + faults('kill-postmaster') + faults('kill-worker'),
    workerKills: faults('kill-worker'),
    postmasterKills: faults('kill-postmaster'),
    freezes: faults('freeze'),
    terminations: faults('terminate'),
    linkFaults: faults('link'),
    reaped: outcomes.filter(({ outcome }) => outcome?.usageSource === 'reaper').length,
    cancelled: ends('cancelled'),
    exhausted: ends('credits_exhausted'),
    lost: ends('error'),
    done: ends('stop') + ends('length'),
    violations: violations.length,
    rules: [...new Set(violations.map(({ rule }) => rule))],
    aftermathMs: counts.aftermathMs,
    looks: counts.looks,
    sights: counts.sights,
  };
}

/** The whole report: what was broken first, then the figures. */
export function reportText(result: ChaosResult): string {
  const { options, violations, counts, log } = result;
  const figures = figuresOf(result);
  const { seed, seconds, nodes, requestsPerSecond, regimes } = options;
  const shown = violations
    .slice(0, MOST_SHOWN)
    .map(
      ({ rule, id, atMs, detail }) =>
        `  ${rule}${id ? ` ${id}` : ''}${atMs === undefined ? '' : ` at ${atMs} ms`}: ${detail}`,
    );
  const verdict = violations.length === 0 ? 'no violation' : `${violations.length} VIOLATIONS`;
  return [
    `chaos, seed ${seed}: ${verdict}`,
    ...shown,
    ...(violations.length > MOST_SHOWN ? [`  … and ${violations.length - MOST_SHOWN} more`] : []),
    `  ${nodes} gateways and a worker, ${seconds} s, ${requestsPerSecond} requests/s, ${regimes.join(' and ')} funds`,
    `  ${figures.requests} requests (${figures.held} held, ${figures.refused} refused, ${figures.left} left alone, ${figures.stuck} stuck), ${figures.showings} showings, ${figures.frames} frames, ${counts.sockets} sockets`,
    `  ${figures.kills} kills (${figures.workerKills} of the worker, ${figures.postmasterKills} of the postmaster), ${figures.freezes} freezes, ${figures.terminations} SIGTERMs, ${figures.linkFaults} troubled links, ${counts.missedFaults} found nothing to strike`,
    `  ends: ${figures.done} done, ${figures.exhausted} out of credits, ${figures.cancelled} cancelled, ${figures.lost} broken off, ${figures.reaped} reaped`,
    `  ${counts.looks} looks at the ledger, ${counts.audits} audits, ${counts.sights} frames looked up at sight; the last client had its end ${counts.aftermathMs} ms after all was whole again; the database was away for up to ${counts.databaseAwayMs} ms, a gateway took up to ${counts.slowestStartMs} ms to start, the harness was late by at most ${counts.latenessMs} ms`,
    ...errorsOf(log),
    '',
  ].join('\n');
}

/** Errors that the gateways logged, each once: no violation by themselves, but worth a look. */
function errorsOf(log: readonly LogLine[]): string[] {
  const counts = new Map<string, number>();
  for (const { level, message } of log) {
    const line = message.split('\n', 2).join(' ').slice(0, 200);
    if (level === 'error') counts.set(line, (counts.get(line) ?? 0) + 1);
  }
  return [...counts].map(([message, count]) => `  logged as an error ${count} times: ${message}`);
}
