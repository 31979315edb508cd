import { copyFileSync, cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.js';
import { startCommand } from '../support/command.js';
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startGateway, startWorker, type GatewayProcess } from '../support/gateway-process.js';
import { readLedger } from '../support/ledger-audit.js';
import { probeVideo } from '../support/probe-video.js';
import {
  countSeals,
  embeddedUrl,
  fillLedger,
  operatorActs,
  readBooks,
  sha256,
  tamperWithTrail,
} from '../support/rehearsal.js';
import { RestClient } from '../support/rest-client.js';
import { connect } from '../support/socket-client.js';
import { makeDataFolder, type TestFolder } from '../support/test-folders.js';
import { signToken, TEST_SECRET } from '../support/tokens.js';
import { generate, videoEnd, videoStatus } from '../support/videos.js';

/** `npm run rehearse` gives a number that is worth measuring. */
const ACCOUNTS = Number(process.env.REHEARSAL_ACCOUNTS ?? 500);
const ANSWERS = 20;
const USERS = ['ann', 'bob', 'cat'];
const COMMAND_WITHIN_MS = 300_000;

const chat = (id: string, content: string) => ({
  id,
  type: 'chat',
  provider: 'auto',
  model: 'gpt-4o',
  messages: [{ role: 'user', content }],
  stream: true,
});

/** An installation that is backed up while it works, lost, and brought back where there was nothing. */
describe('a backup, and what comes back of it', () => {
  let simulator: Simulator;
  let database: TestDatabase;
  let folder: TestFolder;
  let processes: { end(signal: NodeJS.Signals): Promise<number | null> }[] = [];
  const at = (...path: string[]) => join(folder.path, ...path);

  beforeAll(async () => {
    [simulator, database, folder] = await Promise.all([
      startSimulator({ gapMs: 1, videoMs: 300 }),
      createTestDatabase(),
      makeDataFolder(),
    ]);
    writeFileSync(at('gateway.yaml'), "models: {'gpt-4o': {concurrency: 500}}\n");
  }, 60_000);
  afterAll(async () => {
    await Promise.all(processes.map((each) => each.end('SIGKILL')));
    await simulator.close();
    await database.drop();
    await folder.remove();
  });

  const variables = (place: Record<string, string>) => ({
    JWT_SECRET: TEST_SECRET,
    MEDIA_SECRET: TEST_SECRET,
    AUDIT_SECRET: TEST_SECRET,
    OPENAI_API_KEY: 'test',
    OPENAI_BASE_URL: `${simulator.url}/v1`,
    SORA_BASE_URL: `${simulator.url}/v1`,
    SORA_API_KEY: 'test',
    STREAM_LEASE_MS: '2000',
    PORT: '0',
    ...place,
  });
  const source = () =>
    variables({ DATABASE_URL: database.url, DATA_DIR: at('source'), GATEWAY_CONFIG: at('gateway.yaml') });
  /** A database server of its own, which does not exist yet: no role, no table. */
  const restored = () => variables({ DATA_DIR: at('restored'), GATEWAY_CONFIG: at('restored.yaml') });

  async function command(
    name: 'backup' | 'restore' | 'audit-verify',
    args: string[],
    environment: Record<string, string>,
  ) {
    const running = startCommand(`src/cli/${name}.ts`, args, environment);
    const timer = setTimeout(() => running.process.kill(), COMMAND_WITHIN_MS);
    const outcome = await running.ended;
    clearTimeout(timer);
    return outcome;
  }

  async function answers(gateway: GatewayProcess): Promise<void> {
    for (const user of USERS) {
      const client = await connect(gateway.wsUrl, signToken(user));
      await Promise.all(
        Array.from({ length: ANSWERS }, (_, count) => client.ask(chat(`${user}-${count}`, 'hi [[sim chunks=5]]'))),
      );
      await client.close();
    }
  }

  const fileOf = async (gateway: GatewayProcess, url: string) =>
    Buffer.from(await (await fetch(new URL(url, gateway.url))).arrayBuffer());

  it(
    'has every balance, every entry, every audit row and every file, and goes on from there',
    async () => {
      const gateway = await startGateway(source());
      processes = [gateway];
      processes.push(await startWorker(source()));
      await answers(gateway);
      await fillLedger(database.url, ACCOUNTS);
      const { videoId } = (await generate(new RestClient(gateway.url, signToken('ann')))).body;
      const video = await videoEnd(new RestClient(gateway.url, signToken('ann')), videoId);
      expect(video.status).toBe('completed');
      const digest = sha256(await fileOf(gateway, video.url!));

      // the backup is taken while an answer is written
      const busy = await connect(gateway.wsUrl, signToken('dan'));
      busy.send(chat('long', '[[sim chunks=3000 gap=20 text=numbered]]'));
      await busy.first('some of it', ({ seq }) => seq === 20);
      await eventually(async () => expect(await countSeals(database.url)).toBeGreaterThan(0), 60_000);
      const begunMs = performance.now();
      expect(await command('backup', ['--to', at('backup')], source())).toMatchObject({ exitCode: 0 });
      const backedUpMs = performance.now() - begunMs;
      await busy.first('more of it', ({ seq }) => (seq ?? 0) > 20);
      const books = await readBooks(database.url, USERS);
      expect(books.entries.length).toBeGreaterThan(USERS.length * ANSWERS);

      // everything is lost
      await Promise.all(processes.map((each) => each.end('SIGKILL')));
      rmSync(at('source'), { recursive: true });
      rmSync(at('gateway.yaml'));

      const lostMs = performance.now();
      copyFileSync(at('backup', 'gateway.yaml'), at('restored.yaml'));
      const outcome = await command('restore', ['--from', at('backup')], restored());
      expect({ ...outcome, stdout: '' }).toMatchObject({ exitCode: 0, stderr: expect.not.stringContaining('rror') });
      expect(outcome.stdout).toContain('The ledger adds up');
      expect(outcome.stdout).toMatch(/The audit trail is as it was sealed: [1-9]\d* events in [1-9]\d* seals/);
      const copiedMs = performance.now() - lostMs;
      const again = await startGateway(restored());
      processes = [again];
      const servesMs = performance.now() - lostMs;
      process.stdout.write(
        `${ACCOUNTS} accounts: backed up in ${seconds(backedUpMs)} s; restored in ${seconds(copiedMs)} s, ` +
          `serving after ${seconds(servesMs)} s\n`,
      );

      const url = await embeddedUrl(at('restored'));
      expect(await operatorActs(url)).toEqual(['admin.backup', 'admin.restore']);
      expect(await readBooks(url, USERS)).toEqual(books);
      const after = await videoStatus(new RestClient(again.url, signToken('ann')), videoId);
      const bytes = await fileOf(again, after.url!);
      expect(sha256(bytes)).toBe(digest);
      writeFileSync(at('video.mp4'), bytes);
      expect(await probeVideo(at('video.mp4'))).toMatchObject({ width: 1280, height: 720 });

      // the answer that was being written ends as one whose node was lost, and the books are open for more
      await eventually(async () => expect(await readLedger(url, 'dan')).toMatchObject({ pendingHolds: 0, charges: 1 }));
      await answersGoOn(again);
      expect(await command('audit-verify', [], { ...restored(), DATABASE_URL: url })).toMatchObject({ exitCode: 0 });
      expect(await readLedger(url, 'ann')).toMatchObject({ pendingHolds: 0, faults: [] });
      expect(await again.end('SIGTERM')).toBe(0);
    },
    COMMAND_WITHIN_MS + 240_000,
  );

  /** New requests are served and charged, and what was asked before the loss is known. */
  async function answersGoOn(gateway: GatewayProcess): Promise<void> {
    const client = await connect(gateway.wsUrl, signToken('ann'));
    expect(await client.ask(chat('new', 'hi [[sim chunks=5]]'))).toMatchObject({ type: 'done' });
    expect(await client.ask({ id: 'ann-0', lastSeq: 0 })).toMatchObject({ type: 'done' });
    await client.close();
  }

  it('is told to be not as it was sealed where a row of the audit trail was changed in it', async () => {
    cpSync(at('backup'), at('tampered'), { recursive: true });
    const event = tamperWithTrail(at('tampered'));
    const empty = await createEmptyDatabase();
    try {
      const place = variables({ DATABASE_URL: empty.url, DATA_DIR: at('tampered-data') });
      const { exitCode, stdout, stderr } = await command('restore', ['--from', at('tampered')], place);
      expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringContaining('not as it was sealed') });
      expect(stdout).toContain(`event ${event}: changed`);
      expect(stdout).toContain('The ledger adds up');
    } finally {
      await empty.drop();
    }
  }, 120_000);

  it('is refused where it is not whole, not finished, or where there is something already', async () => {
    const elsewhere = () => variables({ DATABASE_URL: database.url, DATA_DIR: at('elsewhere') });
    const refused = async (why: string) => {
      const outcome = await command('restore', ['--from', at('backup')], elsewhere());
      expect(outcome).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(why) });
    };
    await refused('The database is not empty');
    const entries = at('backup', 'database', 'ledger.entry.copy.gz');
    const bytes = readFileSync(entries);
    bytes[bytes.length - 20]! ^= 1;
    writeFileSync(entries, bytes);
    await refused('ledger.entry.copy.gz of the backup is not what was backed up');
    rmSync(at('backup', 'backup.json'));
    await refused('is no finished backup');
    expect(await command('backup', ['--to', at('backup')], elsewhere())).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('is not empty'),
    });
    expect(await command('restore', [], elsewhere())).toMatchObject({ exitCode: 64 });
    expect(existsSync(at('elsewhere', 'media'))).toBe(false);
  }, 120_000);
});

const seconds = (ms: number) => (ms / 1_000).toFixed(1);
