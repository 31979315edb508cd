import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import { startSimulator, type Simulator } from '../../../src/simulator/simulator.js';
import { eventually } from '../../support/eventually.js';
import { startRedis, type RedisServer } from '../../support/redis-server.js';
import { makeDataFolder, type TestFolder } from '../../support/test-folders.js';
import { TEST_SECRET } from '../../support/tokens.js';
import { ChaosDatabase } from '../stage/chaos-database.js';
import { NodeProcess, type Program } from '../stage/node-process.js';
import { TcpLink } from '../stage/tcp-link.js';
import { CREDITS_PER_USD } from './video-price.js';
import type { VideoRunOptions } from './options.js';

/** Steps that a worker takes at once: few, so that some orders wait while others are stuck. */
const CONCURRENCY = 12;
/** As many copies as are made to take long, so that further finished videos wait. */
export const COPIES_AT_ONCE = 2;
const STARTS_WITHIN_MS = 60_000;

const VARIABLES = {
  HOST: '127.0.0.1',
  PORT: '0',
  JWT_SECRET: TEST_SECRET,
  MEDIA_SECRET: TEST_SECRET,
  CREDITS_PER_USD,
  SIGNUP_CREDITS: '100000000',
  RATE_LIMITS: 'off',
  DRAIN_MS: '0',
  LOG_LEVEL: 'info',
  OPENAI_API_KEY: 'chaos',
  VIDEO_CONCURRENCY: String(CONCURRENCY),
  VIDEO_COPY_CONCURRENCY: String(COPIES_AT_ONCE),
};

/** A time in which nobody reached the provider, in milliseconds since 1970. */
export interface Cut {
  fromMs: number;
  toMs: number;
}

/** Where everything is stored. */
export interface StageDatabase {
  url: string;
  /** Absent: others are on the same server. */
  killPostmaster?: () => Promise<void>;
  close: () => Promise<void>;
}

/** Everything real that a run plays on: a database server, perhaps Redis, the simulated provider behind a link, a gateway and workers. */
export class VideoStage {
  gateway: NodeProcess | undefined;
  workers: NodeProcess[] = [];
  /** What processes printed that ended though nobody had ended them. */
  readonly crashes: string[] = [];
  readonly cuts: Cut[] = [];
  private gatewayPort: number | undefined;

  private constructor(
    readonly database: StageDatabase,
    /** The harness's own way to the database. */
    readonly pool: pg.Pool,
    readonly simulator: Simulator,
    /** What is between the workers and the provider. */
    readonly link: TcpLink,
    readonly redis: RedisServer | undefined,
    private readonly folder: TestFolder,
    private readonly variables: Record<string, string>,
  ) {}

  /** @param database absent: a server of the run's own, which can be killed */
  static async open(
    { onRedis, provider }: Pick<VideoRunOptions, 'onRedis' | 'provider'>,
    database?: StageDatabase,
  ): Promise<VideoStage> {
    database ??= await ChaosDatabase.start();
    const simulator = await startSimulator();
    const link = await TcpLink.open(simulator.port);
    const redis = onRedis ? await startRedis() : undefined;
    const folder = await makeDataFolder();
    const pool = new pg.Pool({ connectionString: database.url, max: 4 });
    pool.on('error', () => undefined); // the database may be killed
    const address = `http://127.0.0.1:${link.port}`;
    const stage = new VideoStage(database, pool, simulator, link, redis, folder, {
      ...VARIABLES,
      DATABASE_URL: database.url,
      DATA_DIR: folder.path,
      OPENAI_BASE_URL: `${simulator.url}/v1`,
      ...(provider === 'sora' ? { SORA_BASE_URL: `${address}/v1`, SORA_API_KEY: 'chaos' } : {}),
      ...(provider === 'runway' ? { RUNWAYML_BASE_URL: address, RUNWAYML_API_SECRET: 'chaos' } : {}),
      ...(redis ? { REDIS_URL: redis.url } : {}),
    });
    try {
      await stage.startGateway();
      await stage.startWorkers(1);
      return stage;
    } catch (error) {
      await stage.close();
      throw error;
    }
  }

  /** `host:port` of the gateway, while there is one. */
  get address(): string | undefined {
    return this.gatewayPort === undefined ? undefined : `127.0.0.1:${this.gatewayPort}`;
  }

  get mediaFolder(): string {
    return join(this.folder.path, 'media');
  }

  async startGateway(): Promise<void> {
    const [gateway, port] = await this.start('gateway');
    this.gateway = gateway;
    this.gatewayPort = port;
  }

  async startWorkers(count: number): Promise<void> {
    const started = await Promise.all(Array.from({ length: count }, () => this.start('worker')));
    this.workers.push(...started.map(([worker]) => worker));
  }

  /** kill -9 of every worker, at once. */
  async killWorkers(): Promise<void> {
    const victims = this.takeWorkers();
    for (const victim of victims) victim.signal('SIGKILL');
    await Promise.all(victims.map((victim) => victim.ended()));
  }

  /** kill -9 of the gateway. */
  async killGateway(): Promise<void> {
    const victim = this.gateway;
    this.gateway = undefined;
    this.gatewayPort = undefined;
    victim?.signal('SIGKILL');
    await victim?.ended();
  }

  /** Workers that nobody counts with from now on. */
  takeWorkers(): NodeProcess[] {
    const taken = this.workers;
    this.workers = [];
    this.noteCrashes(taken);
    return taken;
  }

  /** Every job that waits, is delayed or runs is gone. */
  async emptyQueues(): Promise<void> {
    if (this.redis) await flush(this.redis.port);
    else await this.pool.query("DELETE FROM bullmq.job WHERE queue IN ('videos', 'video-files')");
  }

  async close(): Promise<void> {
    await Promise.all([this.killGateway(), this.killWorkers()]);
    await this.pool.end().catch(() => undefined);
    await this.link.close();
    await this.simulator.close();
    await this.redis?.stop();
    await this.database.close();
    await this.folder.remove();
  }

  private noteCrashes(processes: readonly NodeProcess[]): void {
    for (const each of processes) if (!each.isRunning) this.crashes.push(each.printed.slice(-1_000));
  }

  /** Tried again where the database or the queue is away: a supervisor would. */
  private start(program: Program): Promise<[NodeProcess, number | undefined]> {
    return eventually(async () => {
      const started = NodeProcess.spawn(program, this.variables);
      try {
        return [started, await started.ready()];
      } catch (error) {
        started.signal('SIGKILL');
        throw error;
      }
    }, STARTS_WITHIN_MS);
  }
}

async function flush(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  try {
    socket.write('FLUSHALL\r\n');
    await once(socket, 'data', { signal: AbortSignal.timeout(5_000) });
  } finally {
    socket.destroy();
  }
}
