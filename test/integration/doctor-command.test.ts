import type { INestApplicationContext } from '@nestjs/common';
import { Client } from 'pg';
import { checkWorkers } from '../../src/cli/doctor/workers.check.js';
import { parseEnvironment } from '../../src/config/environment.js';
import { createDataSource } from '../../src/database/data-source.js';
import { runMigrations } from '../../src/database/migrate.js';
import { MIGRATIONS } from '../../src/database/migrations/migration-list.js';
import { startTestApp, startTestWorker, TEST_SECRET, type TestApp } from '../support/app.js';
import { startCommand } from '../support/command.js';
import { createEmptyDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { makeDataFolder, type TestFolder } from '../support/test-folders.js';
import { SHARED_SECRETS } from '../support/tokens.js';

let app: TestApp;
let folder: TestFolder;
beforeAll(async () => {
  folder = await makeDataFolder();
  app = await startTestApp();
});
afterAll(async () => {
  await app.close();
  await folder.remove();
});

const doctor = (args: string[], variables: Record<string, string>) =>
  startCommand('src/cli/doctor.ts', args, variables).ended;
const variables = () => ({
  NODE_ENV: 'test',
  DATA_DIR: folder.path,
  DATABASE_URL: app.databaseUrl,
  JWT_SECRET: TEST_SECRET,
  AUDIT_SECRET: TEST_SECRET,
  OPENAI_API_KEY: 'key-of-openai',
  OPENAI_BASE_URL: `${app.simulator.url}/v1`,
  ANTHROPIC_API_KEY: 'key-of-claude',
  ANTHROPIC_BASE_URL: app.simulator.url,
});

async function workers() {
  const client = new Client({ connectionString: app.databaseUrl });
  await client.connect();
  try {
    return await checkWorkers(
      parseEnvironment({ ...SHARED_SECRETS, DATABASE_URL: app.databaseUrl }),
      client,
      app.databaseUrl,
    );
  } finally {
    await client.end();
  }
}

test('a gateway without a worker is told of, and so is a worker that has died', async () => {
  expect(await workers()).toMatchObject({ findings: [{ what: 'No worker has ever run here' }] });
  const worker: INestApplicationContext = await startTestWorker(app);
  try {
    await eventually(async () => expect(await workers()).toMatchObject({ findings: [] }));
  } finally {
    await worker.close(); // it would take the job that is due ten minutes later
  }
  const now = Date.now;
  Date.now = () => now() + 600_000; // as seen ten minutes later
  try {
    expect(await workers()).toMatchObject({
      findings: [{ what: expect.stringMatching(/^No worker is alive: .* for (8|9|10) minutes$/) }],
    });
  } finally {
    Date.now = now;
  }
});

test('a healthy installation passes with nothing found, and nothing is left of the visit', async () => {
  const { exitCode, stdout, stderr } = await doctor([], variables());
  expect({ exitCode, stderr, last: stdout.trim().split('\n').at(-1) }).toEqual({
    exitCode: 0,
    stderr: '',
    last: 'All is well.',
  });
  for (const check of ['database', 'migrations', 'ledger', 'workers', 'provider openai', 'provider claude', 'limits'])
    expect(stdout).toMatch(new RegExp(`^ok +${check} `, 'm'));
}, 60_000);

test('faults end with 1, each is named with what to do, and no secret is shown', async () => {
  const url = new URL(app.databaseUrl);
  url.password = 'a-wrong-password';
  const broken = { ...variables(), DATABASE_URL: url.href, OPENAI_BASE_URL: 'http://127.0.0.1:1/v1' };
  const { exitCode, stdout } = await doctor(['--json'], broken);
  const report = JSON.parse(stdout) as { faults: number; checks: { check: string; findings?: { advice: string }[] }[] };
  const failed = report.checks.filter(({ findings = [] }) => findings.length > 0).map(({ check }) => check);
  expect({ exitCode, faults: report.faults, failed }).toEqual({
    exitCode: 1,
    faults: 2,
    failed: ['database', 'provider openai'],
  });
  for (const secret of ['a-wrong-password', TEST_SECRET, 'key-of-openai', 'key-of-claude'])
    expect(stdout).not.toContain(secret);
}, 60_000);

test('a wrong password is a fault, with what to do; what rests on the database is not looked at', async () => {
  const url = new URL(app.databaseUrl);
  url.password = 'a-wrong-password';
  const { exitCode, stdout } = await doctor([], { ...variables(), DATABASE_URL: url.href });
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(
    /^FAULT +database +.*password authentication failed.*\n +-> The server refused the password: check user and password in DATABASE_URL/m,
  );
  expect(stdout).toMatch(/^.*migrations +not looked at: the database comes first/m);
}, 60_000);

test('a database that an earlier version has made is a fault that names each migration to come', async () => {
  const earlier = await createEmptyDatabase();
  try {
    const dataSource = createDataSource(earlier.url).setOptions({ migrations: MIGRATIONS.slice(0, -2) });
    await dataSource.initialize();
    await runMigrations(dataSource).finally(() => dataSource.destroy());
    const { exitCode, stdout } = await doctor([], { ...variables(), DATABASE_URL: earlier.url });
    const names = MIGRATIONS.slice(-2).map((migration) => new migration().name);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(new RegExp(`^FAULT +migrations +Migrations are pending: ${names.join(', ')}\\n +-> `, 'm'));
    expect(stdout).toMatch(/^.*ledger +not looked at: migrations come first/m);
    expect(stdout.match(/^FAULT/gm)).toHaveLength(1);
  } finally {
    await earlier.drop();
  }
}, 60_000);

test.each([
  [{ JWT_SECRET: 'short' }, 'JWT_SECRET'],
  [{ JWT_SECRET: TEST_SECRET, JWT_JWKS_URL: 'https://a.example/keys' }, 'JWT_SECRET and JWT_JWKS_URL are both set'],
  [{ NODE_ENV: 'production' }, 'DATABASE_URL is missing'],
  [{ CREDITS_PER_USDD: '1' }, 'did you mean CREDITS_PER_USD'],
])(
  'a configuration that can not be used comes first: %j',
  async (faulty, what) => {
    const { exitCode, stdout } = await doctor([], { DATA_DIR: folder.path, ...(faulty as Record<string, string>) });
    expect(exitCode).toBe(1);
    expect(stdout).toContain(what);
    expect(stdout).toContain('-> Set it as said');
  },
  60_000,
);

test('an unknown argument is refused with the usage', async () => {
  const { exitCode, stderr } = await doctor(['--fix'], {});
  expect({ exitCode, stderr }).toEqual({ exitCode: 64, stderr: expect.stringContaining('usage: npm run doctor') });
}, 60_000);
