import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { RestClient } from '../support/rest-client.js';
import { startCommand } from '../support/command.js';
import { connect } from '../support/socket-client.js';
import { makeDataFolder, type TestFolder } from '../support/test-folders.js';
import { SHARED_SECRETS, TEST_SECRET } from '../support/tokens.js';
import { startWorker } from '../support/worker-process.js';

/** Two machines: one database, no folder in common. */
let database: TestDatabase;
let folders: TestFolder[];
beforeAll(async () => {
  database = await createTestDatabase();
  folders = await Promise.all([makeDataFolder(), makeDataFolder()]);
});
afterAll(async () => {
  await Promise.all(folders.map((folder) => folder.remove()));
  await database.drop();
});

const variables = (machine: number) => ({
  DATABASE_URL: database.url,
  DATA_DIR: folders[machine]!.path,
  DEFAULT_PRICE_USD_PER_MTOK: '1,2',
});

test('a process of a shared database does not start without the secrets that all need alike', async () => {
  const worker = startWorker({ ...variables(0), AUDIT_SECRET: '', MEDIA_SECRET: '' });
  expect(await worker.ended).toEqual([78, null]);
  expect(worker.output()).toMatch(/AUDIT_SECRET is missing;.*openssl rand -base64 48/);
  expect(worker.output()).toMatch(/MEDIA_SECRET is missing;.*openssl rand -base64 48/);
});

test('with them a user of one machine is erased on the other, and the trail is whole on both', async () => {
  const machines: TestApp[] = [];
  try {
    for (const machine of [0, 1]) machines.push(await startTestApp(variables(machine)));
    const [first, second] = machines as [TestApp, TestApp];
    const client = await connect(first.wsUrl, first.token('alice'));
    const asked = { type: 'chat', provider: 'openai', model: 'gpt-4o-mini', maxTokens: 5, stream: true };
    await client.ask({ ...asked, id: 'one', messages: [{ role: 'user', content: 'hi' }] });
    await client.close();
    const admin = new RestClient(second.url, second.token('root', ['admin']));
    expect(await admin.ask('DELETE', '/api/mcp/admin/users/alice/data')).toMatchObject({ status: 200 });
    for (const machine of [0, 1]) {
      const verified = await startCommand('src/cli/audit-verify.ts', [], {
        ...variables(machine),
        ...SHARED_SECRETS,
        JWT_SECRET: TEST_SECRET,
      }).ended;
      expect(verified).toMatchObject({ exitCode: 0 });
    }
  } finally {
    await Promise.all(machines.map((machine) => machine.close()));
  }
}, 60_000);
