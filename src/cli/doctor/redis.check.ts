import { Redis } from 'ioredis';
import { fault, type CheckResult, type Finding } from './finding.js';

const CHECK = 'redis';
const ANSWERS_WITHIN_MS = 5_000;

/** Whether Redis is there, keeps jobs over a crash, and throws none of them away. */
export async function checkRedis(url: string | undefined): Promise<CheckResult> {
  if (url === undefined) return { check: CHECK, note: 'not configured: jobs are in PostgreSQL' };
  const redis = new Redis(url, {
    lazyConnect: true,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    connectTimeout: ANSWERS_WITHIN_MS,
    commandTimeout: ANSWERS_WITHIN_MS,
  });
  let lastError: Error | undefined;
  redis.on('error', (error: Error) => (lastError = error));
  try {
    await redis.connect();
    const info = fieldsOf(await redis.info());
    return { check: CHECK, findings: findingsOf(info), note: `Redis ${info.get('redis_version') ?? '?'}` };
  } catch (error) {
    return { check: CHECK, findings: [unreachable(lastError ?? (error as Error))] };
  } finally {
    redis.disconnect();
  }
}

function findingsOf(info: ReadonlyMap<string, string>): Finding[] {
  const findings: Finding[] = [];
  const policy = info.get('maxmemory_policy');
  if (policy !== undefined && policy !== 'noeviction')
    findings.push(
      fault(
        `Redis throws keys away where its memory is full (maxmemory-policy ${policy}): jobs would be lost`,
        "Set 'maxmemory-policy noeviction' in redis.conf.",
      ),
    );
  if (info.get('aof_enabled') === '0')
    findings.push(
      fault(
        'Redis keeps no append-only file: what it was told since its last snapshot is gone after a crash',
        "Set 'appendonly yes' in redis.conf.",
      ),
    );
  if (info.get('role') === 'slave')
    findings.push(fault('REDIS_URL is a replica, which takes no jobs', 'Point REDIS_URL to the primary.'));
  return findings;
}

function unreachable({ message }: Error): Finding {
  const isRefused = /NOAUTH|WRONGPASS|AUTH/.test(message);
  return fault(
    `Redis can't be used: ${message}`,
    isRefused ? 'Check user and password in REDIS_URL.' : 'Check host and port of REDIS_URL, and that the server runs.',
  );
}

function fieldsOf(info: string): Map<string, string> {
  const lines = info.split(/\r?\n/).filter((line) => line.includes(':'));
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]));
}
