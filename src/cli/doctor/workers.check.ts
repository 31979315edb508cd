import type { Client } from 'pg';
import { answerWithin } from '../../common/answer-within.js';
import type { Environment } from '../../config/environment.js';
import { gatewayRunsJobs } from '../../queue/job-placement.js';
import { housekeepingLatenessMs } from '../../queue/housekeeping-lateness.js';
import { fault, type CheckResult } from './finding.js';

const CHECK = 'workers';
const ANSWERS_WITHIN_MS = 10_000;
/** A worker that starts, or is busy, is not missing yet. */
const LATE_AFTER_MS = 180_000;
const ADVICE =
  'Start one (node dist/worker.js): without it nothing tends the log, answers in the background or makes videos.';

/** Whether somebody does the jobs, where somebody serves. */
export async function checkWorkers(
  environment: Environment,
  client: Client,
  databaseUrl: string,
): Promise<CheckResult> {
  if (gatewayRunsJobs(environment)) return { check: CHECK, note: 'the gateway itself runs the jobs' };
  const nodes = await liveNodes(client);
  if (nodes === 0) return { check: CHECK, note: 'no gateway and no worker is running' };
  if (environment.redisUrl === undefined && !(await hasQueue(client)))
    return { check: CHECK, findings: [fault('No worker has ever run here', ADVICE)] };
  const lateMs = await answerWithin(housekeepingLatenessMs(environment, databaseUrl), ANSWERS_WITHIN_MS).catch(
    () => 'unknown' as const,
  );
  if (lateMs === 'unknown') return { check: CHECK, note: 'the queue gave no answer' };
  if (lateMs === undefined) return { check: CHECK, findings: [fault('No worker has ever run here', ADVICE)] };
  const minutes = Math.round(lateMs / 60_000);
  return {
    check: CHECK,
    findings:
      lateMs > LATE_AFTER_MS
        ? [fault(`No worker is alive: nobody has taken a job for ${minutes} minutes`, ADVICE)]
        : [],
    note: `${nodes} processes are alive`,
  };
}

async function liveNodes(client: Client): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    "SELECT count(*)::int AS count FROM ledger.node WHERE lease_until > clock_timestamp() AND lease_until < 'infinity'",
  );
  return rows[0]!.count;
}

async function hasQueue(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ found: boolean }>("SELECT to_regnamespace('bullmq') IS NOT NULL AS found");
  return rows[0]!.found;
}
