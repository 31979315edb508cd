import type { Client } from 'pg';
import { adviceOnDatabase, explainStartFailure } from '../../database/start-failure.js';
import { fault, type CheckResult, type Finding } from './finding.js';
import { skewFindings } from './skew-finding.js';
import { QuietClient } from '../../database/quiet-client.js';

const CHECK = 'database';
const CONNECTS_WITHIN_MS = 5_000;
const ANSWERS_WITHIN_MS = 60_000;
const LEAST_VERSION = 18;
/** Leases and holds go by the database's clock, tokens by ours. */
const MOST_SKEW_MS = 2_000;

/** A database that answers, or what is wrong with it. */
export interface ReachedDatabase {
  client?: Client;
  result: CheckResult;
}

/** Connects as the gateway would. Whoever gets a client ends it. */
export async function checkDatabase(url: string): Promise<ReachedDatabase> {
  const client = new QuietClient({
    connectionString: url,
    connectionTimeoutMillis: CONNECTS_WITHIN_MS,
    statement_timeout: ANSWERS_WITHIN_MS,
    query_timeout: ANSWERS_WITHIN_MS + 2_000,
    application_name: 'doctor',
  });
  try {
    await client.connect();
  } catch (error) {
    await client.end().catch(() => undefined);
    return { result: { check: CHECK, findings: [unreachable(error)] } };
  }
  const version = await versionOf(client);
  const findings = [...versionFindings(version), ...skewFindings(await skewOf(client), 'the database')];
  return { client, result: { check: CHECK, findings, note: `PostgreSQL ${version}` } };
}

function unreachable(error: unknown): Finding {
  const advice = adviceOnDatabase(error) ?? 'check host, port, user and password in DATABASE_URL, and the way there';
  const reason = explainStartFailure(error, false).replace(/\.$/, '');
  return fault(`The database can't be used: ${reason}`, `${advice.charAt(0).toUpperCase()}${advice.slice(1)}.`);
}

async function versionOf(client: Client): Promise<number> {
  const { rows } = await client.query<{ version: number }>(
    "SELECT current_setting('server_version_num')::int / 10000 AS version",
  );
  return rows[0]!.version;
}

function versionFindings(version: number): Finding[] {
  if (version >= LEAST_VERSION) return [];
  return [
    fault(
      `The database is PostgreSQL ${version}; ${LEAST_VERSION} or later is needed`,
      'Upgrade the server (pg_upgrade, or a dump into a new one).',
    ),
  ];
}

/** How far our clock is ahead of the database's, in milliseconds; undefined where they agree. */
async function skewOf(client: Client): Promise<number | undefined> {
  const begunMs = Date.now();
  const { rows } = await client.query<{ ms: number }>(
    'SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS ms',
  );
  const endedMs = Date.now();
  const theirsMs = rows[0]!.ms;
  const skewMs = begunMs > theirsMs ? begunMs - theirsMs : Math.min(0, endedMs - theirsMs);
  return Math.abs(skewMs) > MOST_SKEW_MS ? skewMs : undefined;
}
