import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.js';
import { ConfigFile } from '../support/config-file.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type GatewayProcess } from '../support/gateway-process.js';
import { RestClient } from '../support/rest-client.js';
import { connect, type SocketClient } from '../support/socket-client.js';
import { signToken, TEST_SECRET } from '../support/tokens.js';

interface Ready {
  details: { configuration: { loadedAt: string; error?: string } };
}

describe('SIGHUP', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-link-'));
  const path = join(folder, 'gateway.yaml');
  let first: Simulator;
  let second: Simulator;
  /** Elsewhere: what changes there is not seen where the link to it is watched. */
  let file: ConfigFile;
  let database: TestDatabase;
  let gateway: GatewayProcess | undefined;
  let client: SocketClient | undefined;

  const at = ({ url }: Simulator) =>
    `providers:\n  main: {wire: openai, baseUrl: '${url}/v1', apiKey: key, models: ['*']}`;
  const request = (content: string) => ({
    id: randomUUID(),
    type: 'chat',
    provider: 'auto',
    model: 'm',
    messages: [{ role: 'user', content }],
    stream: true,
  });
  const standing = async () =>
    (await new RestClient(gateway!.url).get<Ready>('/health/ready')).body.details.configuration;
  const requests = () => [first.stats().requests, second.stats().requests];

  beforeAll(async () => {
    [first, second] = await Promise.all([startSimulator({ gapMs: 1 }), startSimulator({ gapMs: 1 })]);
    file = new ConfigFile(at(first));
    symlinkSync(file.path, path);
    database = await createTestDatabase();
  });
  afterAll(async () => {
    await client?.close();
    await gateway?.end('SIGKILL');
    await Promise.all([first.close(), second.close()]);
    await database.drop();
    file.remove();
    rmSync(folder, { recursive: true });
  });

  it('makes a running gateway read its configuration again; what has begun goes on', async () => {
    gateway = await startGateway({
      DATABASE_URL: database.url,
      PORT: '0',
      JWT_SECRET: TEST_SECRET,
      GATEWAY_CONFIG: path,
      DATA_DIR: folder,
      DEFAULT_PRICE_USD_PER_MTOK: '1,2',
      SIGNUP_CREDITS: '1000',
    });
    client = await connect(gateway.wsUrl, signToken('alice'));
    const begun = request('[[sim chunks=300 gap=10]]');
    client.send(begun);
    await client.first('a chunk', ({ id }) => id === begun.id);
    const { loadedAt } = await standing();

    file.write(at(second));
    expect(await client.ask(request('hi [[sim chunks=3]]'))).toMatchObject({ type: 'done' });
    expect(requests()).toEqual([2, 0]);
    process.kill(gateway.pid, 'SIGHUP');
    await eventually(async () => expect((await standing()).loadedAt).not.toBe(loadedAt));
    expect(await client.ask(request('hi [[sim chunks=3]]'))).toMatchObject({ type: 'done' });
    expect(requests()).toEqual([2, 1]);

    file.write('providers: {main: {wire: none}}');
    process.kill(gateway.pid, 'SIGHUP');
    await eventually(async () => expect(await standing()).toHaveProperty('error'));
    expect(await client.ask(request('hi [[sim chunks=3]]'))).toMatchObject({ type: 'done' });
    expect(requests()).toEqual([2, 2]);
    expect(await client.terminal(begun.id)).toMatchObject({ type: 'done' });
  }, 60_000);
});
