import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.js';
import { ConfigFile } from '../support/config-file.js';
import { Clients, counting, numbers } from '../client/clients.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startGateway, startWorker, type GatewayProcess } from '../support/gateway-process.js';
import { readLedger } from '../support/ledger-audit.js';
import { startLoadBalancer, type LoadBalancer } from '../support/load-balancer.js';
import { signToken, TEST_SECRET } from '../support/tokens.js';

const NODES = 3;
/** `npm run rolling` has 200. */
const STREAMS = Number(process.env.ROLLING_STREAMS ?? 60);
const USERS = 10;
/** Of one answer: some are over soon, some last for seconds. A node may take as long to drain. */
const SHORTEST = 10;
const LONGEST = 40;
const GAP_MS = 100;
/** Between the first requests of two streams. */
const RAMP_MS = 10;
const MICRO = 1_000_000;

interface Asked {
  user: string;
  text: string;
  wanted: string;
  /** Micro-credits that the client was told of. */
  charged: bigint;
}

describe('a rolling restart', () => {
  const clients = new Clients();
  /** All of this shares a machine, the provider too: that it is slow is not what is tested. */
  const patience = new ConfigFile(
    "models: {'*': {deadlines: {headersMs: 60000, firstContentMs: 60000, stallMs: 60000}}}\n",
  );
  let simulator: Simulator;
  let database: TestDatabase;
  let balancer: LoadBalancer;
  let nodes: GatewayProcess[] = [];
  let worker: Awaited<ReturnType<typeof startWorker>> | undefined;

  const variables = () => ({
    DATABASE_URL: database.url,
    PORT: '0',
    JWT_SECRET: TEST_SECRET,
    OPENAI_API_KEY: 'test',
    OPENAI_BASE_URL: `${simulator.url}/v1`,
    SIGNUP_CREDITS: '100000',
    GATEWAY_CONFIG: patience.path,
    DATA_DIR: dirname(patience.path),
  });
  const start = async () => {
    const node = await startGateway(variables());
    balancer.add(node);
    return node;
  };
  const allReady = () => eventually(() => expect(balancer.ready()).toBe(NODES));

  beforeAll(async () => {
    [simulator, database, balancer] = await Promise.all([startSimulator(), createTestDatabase(), startLoadBalancer()]);
    for (let count = 0; count < NODES; count++) nodes.push(await start());
    worker = await startWorker(variables());
    await allReady();
  }, 120_000);
  afterAll(async () => {
    clients.close();
    await Promise.all([...nodes, ...(worker ? [worker] : [])].map((each) => each.end('SIGKILL')));
    await balancer.close();
    await simulator.close();
    await database.drop();
    patience.remove();
  });

  /** One after the other, as long as the restart lasts. */
  async function ask(index: number, isOver: () => boolean): Promise<Asked[]> {
    const user = `user-${index % USERS}`;
    const client = clients.make({ url: balancer.url, token: signToken(user) });
    await delay(index * RAMP_MS);
    const asked: Asked[] = [];
    for (let turn = 0; !isOver() || turn === 0; turn++) {
      const chunks = SHORTEST + ((index * 7 + turn * 13) % (LONGEST - SHORTEST));
      const answer = client.chat(counting(chunks, GAP_MS));
      const { usage } = await answer.done;
      const charged = BigInt(Math.round(usage.credits * MICRO));
      asked.push({ user, text: answer.text, wanted: numbers(chunks), charged });
    }
    return asked;
  }

  it(`of ${NODES} nodes under ${STREAMS} streams is seen by nobody: no error, no word and no credit lost`, async () => {
    let isOver = false;
    const streams = Array.from({ length: STREAMS }, (_, index) => ask(index, () => isOver));
    const all = Promise.all(streams);
    await Promise.race([all, eventually(() => expect(simulator.stats().open).toBeGreaterThan(STREAMS / 2))]);

    const begunMs = performance.now();
    for (const node of [...nodes]) {
      const next = await start(); // as many as ever serve: one more is there before one goes
      await eventually(() => expect(balancer.ready()).toBe(NODES + 1));
      expect(await node.end('SIGTERM')).toBe(0);
      balancer.remove(node);
      nodes = [...nodes.filter((each) => each !== node), next];
    }
    await allReady();
    const restartMs = performance.now() - begunMs;
    isOver = true;
    const asked = (await all).flat();

    expect(asked.filter(({ text, wanted }) => text !== wanted)).toEqual([]);
    for (const user of new Set(asked.map((each) => each.user))) {
      const own = asked.filter((each) => each.user === user);
      const charged = own.reduce((sum, each) => sum + each.charged, 0n);
      const books = { charged, charges: own.length, pendingHolds: 0, held: 0n, faults: [] };
      expect(await readLedger(database.url, user)).toMatchObject(books);
    }
    const seconds = (restartMs / 1_000).toFixed(1);
    process.stdout.write(
      `${STREAMS} streams, ${asked.length} answers: ${NODES} nodes restarted in ${seconds} s, 0 errors\n`,
    );
  }, 240_000);
});
