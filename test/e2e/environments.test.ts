import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { RoleLimits } from '../../src/config/gateway-config/role-settings.js';
import { startTestApp } from '../support/app.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { ENVIRONMENTS, environmentFile, inCheckout } from '../support/deployment.js';
import { startGateway, startWorker } from '../support/gateway-process.js';
import { connect } from '../support/socket-client.js';
import { TEST_ENCRYPTION_KEYS, TEST_SECRET } from '../support/tokens.js';

const OPS_TOKEN = 'token-of-the-operators';

describe.each(ENVIRONMENTS)('the files of the environment %s', (name) => {
  let database: TestDatabase;
  let folder: string;
  beforeAll(async () => {
    database = await createTestDatabase();
    folder = mkdtempSync(join(tmpdir(), 'environment-'));
  });
  afterAll(async () => {
    await database.drop();
    rmSync(folder, { recursive: true });
  });

  /** The files as they are, and what they say must stand beside them. */
  const variables = () => ({
    ...environmentFile(`deploy/environments/${name}/gateway.env`),
    GATEWAY_CONFIG: inCheckout(`deploy/environments/${name}/gateway.yaml`),
    DATABASE_URL: database.url,
    DATA_DIR: folder,
    JWT_SECRET: TEST_SECRET,
    MEDIA_SECRET: TEST_SECRET,
    AUDIT_SECRET: TEST_SECRET,
    ENCRYPTION_KEYS: TEST_ENCRYPTION_KEYS,
    OPS_TOKEN,
    OPENAI_API_KEY: 'test',
    ANTHROPIC_API_KEY: 'test',
    PORT: '0',
    PUBLIC_URL: '', // the gateway announces this one's own address then, by which it is found here
  });

  it('has limits that bite', async () => {
    const config = join(folder, 'limits.yaml');
    copyFileSync(inCheckout(`deploy/environments/${name}/gateway.yaml`), config);
    const { roles } = parse(readFileSync(config, 'utf8')) as { roles?: { user: { limits: RoleLimits } } };
    expect(roles !== undefined).toBe(name !== 'development');
    const allowed = roles?.user.limits.concurrentStreams;
    if (allowed === undefined) return;
    const app = await startTestApp({ GATEWAY_CONFIG: config, DATA_DIR: folder });
    const client = await connect(app.wsUrl, app.token('alice'));
    try {
      const ask = (id: string) => ({
        ...{ id, type: 'chat', provider: 'openai', model: 'gpt-4o', maxTokens: 50, stream: true },
        messages: [{ role: 'user', content: 'hi [[sim chunks=5000 gap=100]]' }],
      });
      for (let n = 0; n < allowed; n++) {
        client.send(ask(`running-${n}`));
        await client.first('its beginning', ({ id, seq }) => id === `running-${n}` && seq !== undefined);
      }
      expect(await client.ask(ask('one-too-many'))).toMatchObject({
        error: { code: 'LIMIT_EXCEEDED', details: { limit: 'concurrentStreams', allowed } },
      });
    } finally {
      await client.close();
      await app.close();
    }
  }, 60_000);

  it('starts a gateway that is ready, for its operators alone, and a worker', async () => {
    const gateway = await startGateway(variables());
    const worker = await startWorker(variables()).catch(async (error: unknown) => {
      await gateway.end('SIGKILL');
      throw error;
    });
    try {
      const ready = (headers = {}) => fetch(`${gateway.url}/health/ready`, { headers });
      const answer = await ready({ authorization: `Bearer ${OPS_TOKEN}` });
      expect(answer.status).toBe(200);
      expect(await answer.json()).toMatchObject({ status: 'ok', error: {} });
      expect((await ready()).status).toBe(401);
      expect(gateway.output().includes('Token ')).toBe(name === 'development');
    } finally {
      expect(await Promise.all([gateway.end('SIGTERM'), worker.end('SIGTERM')])).toEqual([0, 0]);
    }
  }, 120_000);
});
