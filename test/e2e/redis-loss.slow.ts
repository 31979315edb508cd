import { randomUUID } from 'node:crypto';
import { cpSync, readdirSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startGateway, startWorker, type GatewayProcess } from '../support/gateway-process.js';
import { readLedger } from '../support/ledger-audit.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { RestClient } from '../support/rest-client.js';
import { connect, type SocketClient } from '../support/socket-client.js';
import { makeDataFolder, type TestFolder } from '../support/test-folders.js';
import { signToken, TEST_SECRET } from '../support/tokens.js';
import { generate, videoEnd } from '../support/videos.js';

const REQUESTS = 20;

/** What waits in a Redis that is lost, as `npm run rehearse` has it: AOF, `everysec`, noeviction. */
describe('what waits in Redis', () => {
  let simulator: Simulator;
  let database: TestDatabase;
  let folder: TestFolder;
  let redis: RedisServer;
  let gateway: GatewayProcess;
  let processes: { end(signal: NodeJS.Signals): Promise<number | null> }[];

  beforeEach(async () => {
    [simulator, database, folder, redis] = await Promise.all([
      startSimulator({ gapMs: 1, videoMs: 300 }),
      createTestDatabase(),
      makeDataFolder(),
      startRedis({ appendfsync: 'everysec' }),
    ]);
    gateway = await startGateway(variables());
    processes = [gateway];
  }, 60_000);
  afterEach(async () => {
    await Promise.all(processes.map((each) => each.end('SIGKILL')));
    await Promise.all([simulator.close(), redis.stop(), database.drop()]);
    await folder.remove();
  });

  const variables = () => ({
    ...{ JWT_SECRET: TEST_SECRET, MEDIA_SECRET: TEST_SECRET, AUDIT_SECRET: TEST_SECRET },
    ...{ OPENAI_API_KEY: 'test', OPENAI_BASE_URL: `${simulator.url}/v1` },
    ...{ SORA_BASE_URL: `${simulator.url}/v1`, SORA_API_KEY: 'test' },
    ...{ DATABASE_URL: database.url, REDIS_URL: redis.url, DATA_DIR: folder.path, PORT: '0' },
  });

  const request = () => ({
    ...{ id: randomUUID(), type: 'chat', provider: 'auto', model: 'gpt-4o', stream: false, background: true },
    messages: [{ role: 'user', content: 'hi [[sim chunks=3]]' }],
  });
  type Asked = ReturnType<typeof request>;

  async function queue(client: SocketClient, asked: readonly Asked[]): Promise<void> {
    for (const each of asked) {
      client.send(each);
      await client.first('its acknowledgement', ({ id, type }) => id === each.id && type === 'event');
    }
  }
  const many = () => Array.from({ length: REQUESTS }, request);
  const order = async (user: string) =>
    (await generate(new RestClient(gateway.url, signToken(user)), {}, { 'idempotency-key': 'v' })).body.videoId;

  /** Each is answered and charged once, and so is the video. */
  async function allAreDone(user: string, asked: readonly Asked[], videoId: string): Promise<void> {
    const rest = new RestClient(gateway.url, signToken(user));
    await eventually(async () => {
      for (const { id } of asked)
        expect((await rest.get(`/api/mcp/requests/${id}`)).body).toMatchObject({ status: 'settled' });
    }, 120_000);
    expect(await videoEnd(rest, videoId)).toMatchObject({ status: 'completed' });
    const books = { charges: asked.length + 1, pendingHolds: 0, held: 0n, faults: [] };
    await eventually(async () => expect(await readLedger(database.url, user)).toMatchObject(books), 30_000);
  }

  it('is in a copy of its folder, taken while it works, and is done once from there', async () => {
    const client = await connect(gateway.wsUrl, signToken('ann'));
    const asked = many();
    await queue(client, asked);
    const videoId = await order('ann');

    // as docs/backup.md says
    const admin = new Redis(redis.url);
    await admin.config('SET', 'auto-aof-rewrite-percentage', '0');
    expect(await admin.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
    const going = queue(await connect(gateway.wsUrl, signToken('bob')), many()); // it works meanwhile
    cpSync(join(redis.folder, 'appendonlydir'), join(folder.path, 'copy'), { recursive: true });
    await Promise.all([going, admin.quit()]);

    const lostMs = performance.now();
    await gateway.end('SIGKILL');
    await redis.stop();
    const prepare = (place: string) =>
      Promise.resolve(cpSync(join(folder.path, 'copy'), join(place, 'appendonlydir'), { recursive: true }));
    redis = await startRedis({ appendfsync: 'everysec', prepare });
    const redisMs = performance.now() - lostMs;
    gateway = await startGateway(variables());
    processes = [gateway, await startWorker(variables())];
    await allAreDone('ann', asked, videoId);
    process.stdout.write(
      `Redis: ${REQUESTS} requests and a video came back of a copy; it serves after ${(redisMs / 1_000).toFixed(1)} s, ` +
        `all is done ${((performance.now() - lostMs) / 1_000).toFixed(1)} s after the loss\n`,
    );
  }, 240_000);

  it('and was of its last second is gone when the power goes: what is repeated is done, videos by themselves', async () => {
    const client = await connect(gateway.wsUrl, signToken('cat'));
    const [before, after] = [many(), many()];
    await queue(client, before);
    const file = appendedFile(redis.folder);
    const syncedBytes = statSync(file).size;
    await queue(client, after);
    const videoId = await order('cat');
    await redis.kill();
    expect(statSync(file).size).toBeGreaterThan(syncedBytes);
    truncateSync(file, syncedBytes + 7); // and half a command: all that the disk has
    await redis.restart();

    processes.push(await startWorker(variables()));
    const rest = new RestClient(gateway.url, signToken('cat'));
    const statusOf = async ({ id }: Asked) => (await rest.get(`/api/mcp/requests/${id}`)).body.status;
    await eventually(async () => {
      expect(await Promise.all(before.map(statusOf))).toEqual(before.map(() => 'settled'));
    }, 60_000);
    const waiting = (await Promise.all(after.map(statusOf))).filter((status) => status === 'pending').length;
    await eventually(() => queue(client, after), 30_000);
    await allAreDone('cat', [...before, ...after], videoId);
    process.stdout.write(
      `Redis: ${waiting} of ${REQUESTS} requests of the last second were gone, and done when repeated\n`,
    );
  }, 240_000);
});

/** What Redis appends to at the moment. */
function appendedFile(folder: string): string {
  const place = join(folder, 'appendonlydir');
  const [name] = readdirSync(place)
    .filter((each) => each.endsWith('.incr.aof'))
    .sort()
    .slice(-1);
  return join(place, name!);
}
