import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.js';
import { startCommand } from '../support/command.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type GatewayProcess } from '../support/gateway-process.js';
import { readLedger } from '../support/ledger-audit.js';
import {
  loseServer,
  makeArchivedCluster,
  placeBaseBackup,
  takeBaseBackup,
} from '../support/recovery/archived-cluster.js';
import { AskingUsers } from '../support/recovery/asking-users.js';
import { embeddedUrl } from '../support/rehearsal.js';
import { makeDataFolder, type TestFolder } from '../support/test-folders.js';
import { TEST_SECRET } from '../support/tokens.js';

/** So often the write-ahead log is archived here; 60 s are usual. */
const ARCHIVE_TIMEOUT_S = 2;
/** For the copy of a segment, on a machine that has other things to do. */
const COPIED_WITHIN_S = 3;

/** An installation whose database archives its log: base backup while it works, loss, and back to the last moment or to any. */
describe('a base backup and the archived log', () => {
  let simulator: Simulator;
  let folder: TestFolder;
  let users: AskingUsers;
  const gateways: GatewayProcess[] = [];
  const at = (...path: string[]) => join(folder.path, ...path);
  let lostAtMs = 0;
  /** Somebody is about to do something that is to be undone. */
  let moment = new Date(0);

  const start = async (place: string) => {
    const gateway = await startGateway({
      ...{ JWT_SECRET: TEST_SECRET, MEDIA_SECRET: TEST_SECRET, AUDIT_SECRET: TEST_SECRET },
      ...{ OPENAI_API_KEY: 'test', OPENAI_BASE_URL: `${simulator.url}/v1`, STREAM_LEASE_MS: '2000' },
      ...{ DATA_DIR: at(place), PORT: '0', SIGNUP_CREDITS: '1000' },
    });
    gateways.push(gateway);
    return gateway;
  };

  beforeAll(async () => {
    [simulator, folder] = await Promise.all([startSimulator({ gapMs: 1 }), makeDataFolder()]);
    await makeArchivedCluster(at('lost'), { archive: at('archive'), timeoutSeconds: ARCHIVE_TIMEOUT_S });
    const gateway = await start('lost');
    users = new AskingUsers(gateway);
    await users.haveAnswers(50);
    await takeBaseBackup(await embeddedUrl(at('lost')), at('lost'), at('base'));
    await users.haveAnswers(50);
    moment = await clockOf(await embeddedUrl(at('lost')));
    await users.haveAnswers(50);
    const segments = () => readdirSync(at('archive')).length;
    const before = segments();
    await eventually(() => expect(segments()).toBeGreaterThan(before + 1), 60_000);
    await delay(ARCHIVE_TIMEOUT_S * 750); // as bad as it may well be: most of the time until the next one is over
    lostAtMs = performance.now();
    await Promise.all([gateway.end('SIGKILL'), loseServer(at('lost'))]);
    await users.stop();
    rmSync(at('lost'), { recursive: true });
  }, 180_000);
  afterAll(async () => {
    await Promise.all(gateways.map((gateway) => gateway.end('SIGKILL')));
    for (const place of ['latest', 'moment']) await loseServer(at(place)).catch(() => undefined);
    await simulator.close();
    await folder.remove();
  });

  it('bring back all but what was not archived yet, and the books are right', async () => {
    const begunMs = performance.now();
    await placeBaseBackup(at('base'), at('latest'), { archive: at('archive') });
    const gateway = await start('latest');
    const servesMs = performance.now() - begunMs;
    const url = await embeddedUrl(at('latest'));
    const kept = await chargedRequests(url);
    const lost = users.answered.filter(({ key }) => !kept.has(key));
    const oldestS = Math.max(0, ...lost.map(({ atMs }) => (lostAtMs - atMs) / 1_000));
    process.stdout.write(
      `point in time: ${users.answered.length} answers were charged; ${lost.length} of the last ${oldestS.toFixed(1)} s are lost ` +
        `(archived every ${ARCHIVE_TIMEOUT_S} s); it serves after ${(servesMs / 1_000).toFixed(1)} s\n`,
    );
    expect(oldestS).toBeLessThan(ARCHIVE_TIMEOUT_S + COPIED_WITHIN_S);
    await expectGoodBooks(gateway, url, 'latest');
  }, 120_000);

  it('bring back any moment: what was answered before is there, and nothing of later', async () => {
    await placeBaseBackup(at('base'), at('moment'), { archive: at('archive'), until: moment });
    const gateway = await start('moment');
    const url = await embeddedUrl(at('moment'));
    const kept = await chargedRequests(url);
    const before = users.answered.filter(({ at: answeredAt }) => answeredAt <= moment);
    const after = users.answered.filter(({ askedAt }) => askedAt > moment);
    expect([before.length, after.length].every((count) => count >= 50)).toBe(true);
    expect(before.filter(({ key }) => !kept.has(key))).toEqual([]);
    expect(after.filter(({ key }) => kept.has(key))).toEqual([]);
    await expectGoodBooks(gateway, url, 'moment');
  }, 120_000);

  async function expectGoodBooks(gateway: GatewayProcess, url: string, place: string): Promise<void> {
    await eventually(async () => {
      for (const user of users.names)
        expect(await readLedger(url, user)).toMatchObject({ pendingHolds: 0, held: 0n, faults: [] });
    }, 30_000);
    const environment = { AUDIT_SECRET: TEST_SECRET, DATABASE_URL: url, JWT_SECRET: TEST_SECRET, DATA_DIR: at(place) };
    expect(await startCommand('src/cli/audit-verify.ts', [], environment).ended).toMatchObject({ exitCode: 0 });
    const again = new AskingUsers(gateway);
    await again.haveAnswers(users.names.length);
    await again.stop();
    expect(await gateway.end('SIGTERM')).toBe(0);
  }
});

/** What the database's own clock says: what is restored is told by it. */
async function clockOf(url: string): Promise<Date> {
  return (await rowsOf<{ now: Date }>(url, 'SELECT clock_timestamp() AS now'))[0]!.now;
}

async function chargedRequests(url: string): Promise<Set<string>> {
  const sql = `SELECT account_id || ' ' || idem_key AS key FROM ledger.entry WHERE kind = 'charge'`;
  return new Set((await rowsOf<{ key: string }>(url, sql)).map(({ key }) => key));
}

async function rowsOf<Row extends object>(url: string, sql: string): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}
