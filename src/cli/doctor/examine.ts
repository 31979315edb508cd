import type { Client } from 'pg';
import { EnvironmentError, type Environment } from '../../config/environment.js';
import { DatabaseServer } from '../../database/database-server.js';
import { embeddedClusterExists } from '../../database/embedded/cluster-exists.js';
import { checkDatabase } from './database.check.js';
import { checkDatabaseRights } from './database-rights.check.js';
import { checkDisk } from './disk.check.js';
import { checkEncryption } from './encryption.check.js';
import { fault, type CheckResult } from './finding.js';
import { checkLedger } from './ledger.check.js';
import { checkLimits } from './limits.check.js';
import { checkMedia } from './media.check.js';
import { checkMigrations } from './migrations.check.js';
import { checkPrices } from './prices.check.js';
import { checkProviders } from './providers.check.js';
import { checkRedis } from './redis.check.js';
import { checkSecretFiles } from './secret-files.check.js';
import { checkTokenKey } from './token-key.check.js';
import { checkWorkers } from './workers.check.js';

const CONFIGURATION_ADVICE = 'Set it as said; .env.example and docs/operations.md list every variable.';
const OURS_ADVICE = 'That is a fault of this check, not of yours: report it.';

/** Looks at everything that an installation needs, one by one. One that is broken keeps nobody from looking at the others. */
export async function* examine(readEnvironment: () => Environment): AsyncGenerator<CheckResult> {
  const environment = environmentOr(readEnvironment);
  if (!('mode' in environment)) {
    yield environment;
    yield { check: 'everything else', note: 'not looked at: the configuration comes first' };
    return;
  }
  yield { check: 'configuration', findings: [], note: environment.mode };
  yield* await looked('token key', () => checkTokenKey(environment));
  yield* await looked('secret files', () => checkSecretFiles(environment));
  yield* await looked('disk', () => checkDisk(environment.dataDirectory));
  yield* examineDatabase(environment);
  yield* await looked('redis', () => checkRedis(environment.redisUrl));
  yield* await looked('prices', () => Promise.resolve(checkPrices(environment)));
  yield* await looked('providers', () => checkProviders(environment));
  yield* await looked('media', () => checkMedia(environment));
}

function environmentOr(readEnvironment: () => Environment): Environment | CheckResult {
  try {
    return readEnvironment();
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    return { check: 'configuration', findings: error.faults.map((each) => fault(each, CONFIGURATION_ADVICE)) };
  }
}

async function* examineDatabase(environment: Environment): AsyncGenerator<CheckResult> {
  if (environment.databaseUrl === undefined && !(await embeddedClusterExists(environment.dataDirectory))) {
    yield { check: 'database', note: 'the embedded one is made at the first npm start' };
    yield* await looked('limits', () => checkLimits(environment, undefined));
    return;
  }
  const server = await DatabaseServer.start(environment, () => undefined).catch((error: unknown) => error as Error);
  if (server instanceof Error) {
    yield {
      check: 'database',
      findings: [
        fault(
          `The embedded database does not start: ${server.message}`,
          'Read postgres.log in its folder under DATA_DIR.',
        ),
      ],
    };
    return;
  }
  try {
    const { client, result } = await checkDatabase(server.url);
    yield result;
    try {
      yield* examineSchema(environment, client, server.url);
    } finally {
      await client?.end().catch(() => undefined);
    }
  } finally {
    await server.stop();
  }
}

async function* examineSchema(
  environment: Environment,
  client: Client | undefined,
  url: string,
): AsyncGenerator<CheckResult> {
  if (!client) {
    for (const check of ['migrations', 'database rights', 'ledger', 'encryption', 'workers'])
      yield { check, note: 'not looked at: the database comes first' };
    yield* await looked('limits', () => checkLimits(environment, undefined));
    return;
  }
  const { result, isUpToDate } = await checkMigrations(client);
  yield result;
  yield* await looked('database rights', () => checkDatabaseRights(client, environment.isProduction));
  yield* await looked('limits', () => checkLimits(environment, isUpToDate ? client : undefined));
  if (!isUpToDate) {
    for (const check of ['ledger', 'encryption', 'workers'])
      yield { check, note: 'not looked at: migrations come first' };
    return;
  }
  yield* await looked('ledger', () => checkLedger(client));
  yield* await looked('encryption', () => checkEncryption(environment, client));
  yield* await looked('workers', () => checkWorkers(environment, client, url));
}

/** A check that fails in a way that it does not know is a finding of its own, and ends nothing. */
async function looked(check: string, look: () => Promise<CheckResult | CheckResult[]>): Promise<CheckResult[]> {
  try {
    return [await look()].flat();
  } catch (error) {
    return [{ check, findings: [fault(`It could not be looked at: ${(error as Error).message}`, OURS_ADVICE)] }];
  }
}
