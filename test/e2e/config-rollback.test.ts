import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { ConfigFile } from '../support/config-file.js';
import { startCommand } from '../support/command.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type GatewayProcess } from '../support/gateway-process.js';
import { RestClient } from '../support/rest-client.js';
import { TEST_SECRET } from '../support/tokens.js';

interface Ready {
  details: { configuration: { loadedAt: string; error?: string } };
}

const GOOD = 'providers: {main: {wire: openai, baseUrl: "http://127.0.0.1:9/v1"}}\n';
const BETTER = 'providers: {main: {wire: openai, baseUrl: "http://127.0.0.1:9/v1", concurrency: 3}}\n';
const BROKEN = 'providers: {main: {wire: none}}\n';

describe('a configuration that breaks', () => {
  let database: TestDatabase;
  let file: ConfigFile;
  let gateway: GatewayProcess | undefined;
  beforeAll(async () => {
    database = await createTestDatabase();
    file = new ConfigFile(GOOD);
  });
  afterAll(async () => {
    await gateway?.end('SIGKILL');
    await database.drop();
    file.remove();
  });

  const place = () => ({ GATEWAY_CONFIG: file.path, DATA_DIR: dirname(file.path) });
  const start = () =>
    startGateway({ ...place(), DATABASE_URL: database.url, PORT: '0', JWT_SECRET: TEST_SECRET, LOG_LEVEL: 'warn' });
  const command = (...args: string[]) => startCommand('src/cli/config-history.ts', args, place()).ended;
  const standing = async () =>
    (await new RestClient(gateway!.url).get<Ready>('/health/ready')).body.details.configuration;

  it('stops a start, and the last one that worked is brought back by a command, running or not', async () => {
    gateway = await start();
    const { loadedAt } = await standing();
    file.replace(BETTER);
    await eventually(async () => expect((await standing()).loadedAt).not.toBe(loadedAt));
    file.replace(BROKEN);
    await eventually(async () => expect(await standing()).toHaveProperty('error'));

    // while it runs on with the one before
    expect(await command('rollback')).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('is again') });
    expect(readFileSync(file.path, 'utf8')).toBe(BETTER);
    await eventually(async () => expect(await standing()).not.toHaveProperty('error'));
    expect(await gateway.end('SIGTERM')).toBe(0);

    // and where nothing runs any more
    file.replace(BROKEN);
    const failure = (await start().catch((error: unknown) => error)) as Error;
    expect(failure.message).toContain('ended with 78');
    expect(failure.message).toContain('npm run config:rollback brings back the last configuration that worked');
    const { stdout } = await command('list');
    const [newest, oldest, ...others] = stdout.trim().split('\n');
    expect([newest, oldest, others.length]).toEqual([expect.any(String), expect.any(String), 0]);
    await command('rollback', oldest!.split(/\s+/).at(-1)!);
    expect(readFileSync(file.path, 'utf8')).toBe(GOOD);
    gateway = await start();
    expect(await standing()).not.toHaveProperty('error');
  }, 120_000);

  it('is told how the commands are used', async () => {
    expect(await command('forward')).toMatchObject({
      exitCode: 64,
      stderr: expect.stringContaining('config:rollback'),
    });
    const nowhere = startCommand('src/cli/config-history.ts', ['rollback'], {});
    expect(await nowhere.ended).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('GATEWAY_CONFIG is not set'),
    });
  });
});
