import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { choosePort } from '../../src/database/embedded/free-port.js';
import { eventually } from './eventually.js';
import { makeDataFolder } from './test-folders.js';

const STARTS_WITHIN_MS = 10_000;

/** Ends the server when our end of its input closes: it never outlives the tests, however they end. */
const WITH_LIFELINE = 'redis-server "$@" & read _; kill -9 $!';

/** A Redis of a test's own, on a port of its own, that keeps every acknowledged write. */
export interface RedisServer {
  /** `redis://127.0.0.1:PORT` */
  url: string;
  port: number;
  /** Where its data lies: `appendonlydir`, and nothing else. */
  folder: string;
  /** Ends it as kill -9 does; its port refuses connections then. */
  kill(): Promise<void>;
  /** Kills it if it runs, and starts it again with the data that it had. */
  restart(): Promise<void>;
  /** Ends it for good and removes its data. */
  stop(): Promise<void>;
}

/**
 * `describe` where there is a redis-server. Where there is none, its tests are skipped with a line that says why; in CI
 * they run, and fail with that line.
 */
export const describeWithRedis: (title: string, tests: () => void) => void = (title, tests) => {
  if (isInstalled() || process.env.CI) return void describe(title, tests);
  process.stderr.write(`Skipped for want of redis-server (apt-get install redis-server): ${title}\n`);
  describe.skip(title, tests);
};

function isInstalled(): boolean {
  return spawnSync('redis-server', ['--version']).error === undefined;
}

export interface RedisOptions {
  /** When writes are brought to the disk; `always` is the default here. */
  appendfsync?: 'always' | 'everysec';
  /** Puts into its folder what it is to begin with. */
  prepare?: (folder: string) => Promise<void>;
}

/** @throws Error where redis-server is not installed or does not answer */
export async function startRedis({ appendfsync = 'always', prepare }: RedisOptions = {}): Promise<RedisServer> {
  if (!isInstalled()) throw new Error('redis-server is missing: install it (Debian: apt-get install redis-server)');
  const folder = await makeDataFolder();
  await prepare?.(folder.path);
  const port = await choosePort(undefined);
  const start = () => launch(port, folder.path, appendfsync);
  let server = await start();
  const kill = async () => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const gone = once(server, 'exit');
    process.kill(-server.pid!, 'SIGKILL');
    await gone;
    await eventually(() => refusesConnections(port)); // the server is not our child but our child's
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    folder: folder.path,
    kill,
    async restart() {
      await kill();
      server = await start();
    },
    async stop() {
      await kill();
      await folder.remove();
    },
  };
}

async function launch(port: number, folder: string, appendfsync: string): Promise<ChildProcess> {
  const settings = ['--bind', '127.0.0.1', '--port', `${port}`, '--dir', folder, '--save', ''];
  const durable = ['--appendonly', 'yes', '--appendfsync', appendfsync, '--maxmemory-policy', 'noeviction'];
  const server = spawn('sh', ['-c', WITH_LIFELINE, 'redis', ...settings, ...durable], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true, // a process group of its own, which kill() ends as one
  });
  let output = '';
  server.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  try {
    await eventually(() => answers(port), STARTS_WITHIN_MS);
    return server;
  } catch (error) {
    process.kill(-server.pid!, 'SIGKILL');
    throw new Error(`redis-server did not start; it printed:\n${output}`, { cause: error });
  }
}

/** @throws Error where PING gets no PONG; a Redis that still reads its data says LOADING */
async function answers(port: number): Promise<void> {
  const socket = await connected(port);
  try {
    socket.write('PING\r\n');
    const [reply] = (await once(socket, 'data', { signal: AbortSignal.timeout(1_000) })) as [Buffer];
    if (!reply.toString().startsWith('+PONG')) throw new Error(reply.toString());
  } finally {
    socket.destroy();
  }
}

/** @throws Error where something listens still */
async function refusesConnections(port: number): Promise<void> {
  const socket = await connected(port).catch(() => undefined);
  socket?.destroy();
  if (socket) throw new Error(`redis-server still listens on ${port}`);
}

async function connected(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.on('error', () => undefined);
  return socket;
}
