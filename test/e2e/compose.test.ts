import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { choosePort } from '../../src/database/embedded/free-port.js';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.js';
import { createEmptyDatabase, type TestDatabase } from '../support/database.js';
import { environmentFile, inCheckout, textOf } from '../support/deployment.js';
import { startGateway, startWorker } from '../support/gateway-process.js';
import { describeWithRedis, startRedis, type RedisServer } from '../support/redis-server.js';
import { connect, type SocketClient } from '../support/socket-client.js';
import { makeDataFolder, type TestFolder } from '../support/test-folders.js';
import { signToken, TEST_ENCRYPTION_KEYS, TEST_SECRET } from '../support/tokens.js';

interface Service {
  command: string[];
  environment: Record<string, string>;
  volumes: string[];
  healthcheck: { test: string[] };
}
const { services } = parse(textOf('compose.yaml'), { merge: true }) as {
  services: Record<'migration' | 'gateway-1' | 'worker', Service>;
};

/** What compose.yaml tells whoever copies .env.example to fill in; of the vendors' keys one is enough. */
const FILLED_IN = {
  POSTGRES_PASSWORD: 'a-password',
  JWT_SECRET: TEST_SECRET,
  AUDIT_SECRET: TEST_SECRET,
  MEDIA_SECRET: TEST_SECRET,
  ENCRYPTION_KEYS: TEST_ENCRYPTION_KEYS,
  OPENAI_API_KEY: 'test',
};

/** `${NAME}`, `${NAME:-default}` and `${NAME:?why}`, as Compose reads them. @throws Error where one must be set and is not */
function interpolated(text: string, variables: Record<string, string>): string {
  return text.replace(/\$\{(\w+)(?::([-?])([^}]*))?\}/g, (_, name: string, mark?: string, rest = '') => {
    const value = variables[name] ?? '';
    if (value === '' && mark === '?') throw new Error(`${name}: ${rest}`);
    return value === '' && mark === '-' ? rest : value;
  });
}

/** What Docker does with compose.yaml, without Docker: its variables and commands, on a database without a table. */
describeWithRedis('what compose.yaml starts', () => {
  let database: TestDatabase;
  let redis: RedisServer;
  let folder: TestFolder;
  let simulator: Simulator;
  let here: Record<string, string>;
  const ended: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    [database, redis, folder, simulator] = await Promise.all([
      createEmptyDatabase(),
      startRedis(),
      makeDataFolder(),
      startSimulator({ gapMs: 1 }),
    ]);
    const [source] = interpolated(
      services.worker.volumes.find((volume) => volume.startsWith('./'))!,
      {},
    ).split(':');
    mkdirSync(join(folder.path, 'etc'));
    copyFileSync(inCheckout(join(source!, 'gateway.yaml')), join(folder.path, 'etc', 'gateway.yaml'));
    here = {
      DATABASE_URL: database.url,
      REDIS_URL: redis.url,
      DATA_DIR: join(folder.path, 'data'),
      GATEWAY_CONFIG: join(folder.path, 'etc', 'gateway.yaml'),
      PORT: `${await choosePort(undefined)}`,
      METRICS_PORT: `${await choosePort(undefined)}`,
    };
  }, 60_000);
  afterAll(async () => {
    await Promise.all(ended.map((end) => end()));
    await Promise.all([database.drop(), redis.stop(), simulator.close()]);
    await folder.remove();
  });

  /** The variables of a service, with this test's places for those of the network and the volumes. */
  function variablesOf(service: keyof typeof services): Record<string, string> {
    const file = { ...environmentFile('.env.example'), ...FILLED_IN };
    const { environment } = services[service];
    const own = Object.entries(environment).map(([name, value]) => [name, interpolated(value, file)]);
    const vendor = { OPENAI_BASE_URL: `${simulator.url}/v1`, SIGNUP_CREDITS: '1000' };
    return { ...file, ...(Object.fromEntries(own) as Record<string, string>), ...vendor, ...here };
  }

  /** @returns the exit code */
  async function run([program, ...args]: string[], variables: Record<string, string>): Promise<number | null> {
    expect(program).toBe('node');
    const options = { cwd: inCheckout('.'), env: { PATH: process.env.PATH, ...variables }, stdio: 'ignore' } as const;
    const [code] = (await once(spawn(process.execPath, args, options), 'exit')) as [number | null];
    return code;
  }

  it('has a place for everything that this test puts another one for, and asks for what it can not do without', () => {
    for (const name of Object.keys(here)) expect(Object.keys(services.worker.environment)).toContain(name);
    const { DATABASE_URL } = services.worker.environment as { DATABASE_URL: string };
    expect(interpolated(DATABASE_URL, FILLED_IN)).toBe('postgresql://gateway:a-password@postgres:5432/gateway');
    expect(() => interpolated(DATABASE_URL, {})).toThrow('POSTGRES_PASSWORD: set it in .env');
  });

  it('migrates, serves and works with the key of one vendor; its health checks say so as long as it is so', async () => {
    expect(await run(services.migration.command, variablesOf('migration'))).toBe(0);
    const gateway = await startGateway(variablesOf('gateway-1'));
    ended.push(() => gateway.end('SIGKILL'));
    const worker = await startWorker(variablesOf('worker'));
    ended.push(() => worker.end('SIGKILL'));
    const isWell = {
      gateway: () => run(['node', 'scripts/health-check.mjs'], variablesOf('gateway-1')),
      worker: () => {
        const [, ...command] = services.worker.healthcheck.test;
        return run(
          command.map((word) => word.replace(':9464', `:${here.METRICS_PORT}`)),
          variablesOf('worker'),
        );
      },
    };
    expect([await isWell.gateway(), await isWell.worker()]).toEqual([0, 0]);

    const client = await connect(gateway.wsUrl, signToken('ann'));
    for (const alias of ['fast', 'smart']) await answers(client, alias);
    await client.close();

    expect(await worker.end('SIGTERM')).toBe(0);
    expect([await isWell.gateway(), await isWell.worker()]).toEqual([0, 1]);
    expect(await gateway.end('SIGTERM')).toBe(0);
    expect(await isWell.gateway()).toBe(1);
  }, 120_000);

  /** The aliases of the configuration that compose.yaml mounts, in production where nothing else is said. */
  async function answers(client: SocketClient, model: string): Promise<void> {
    const messages = [{ role: 'user', content: 'hi [[sim chunks=3]]' }];
    const end = await client.ask({ id: model, type: 'chat', provider: 'auto', model, messages, stream: true });
    expect(end).toMatchObject({ type: 'done', metadata: { provider: 'openai' } });
  }
});
