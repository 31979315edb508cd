import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { keepOutput, SUITE_LOG_LEVEL } from './logs/suite-log.js';
import { SHARED_SECRETS } from './tokens.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const READY_WITHIN_MS = 60_000;

/** A gateway in a process of its own: what can be killed. */
export interface GatewayProcess {
  url: string;
  wsUrl: string;
  pid: number;
  /** Everything that it printed so far. */
  output(): string;
  /**
   * Sends a signal and waits for the end of everything that was started. SIGKILL goes to the whole process group, as when
   * a machine goes; any other to the command alone, as a supervisor sends it.
   * @returns exit code, or null where a signal ended it
   */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

/** Runs `npm start` with these variables; everything else is the default. */
export function npmStart(variables: Record<string, string>): Promise<GatewayProcess> {
  return start('npm', ['start'], variables);
}

/** Runs the built gateway itself, without npm between: a signal reaches it alone. */
export function startGateway(variables: Record<string, string>): Promise<GatewayProcess> {
  return start(process.execPath, ['--enable-source-maps', 'dist/main.js'], variables);
}

/** Runs the built worker; it is ready when it says so. */
export async function startWorker(variables: Record<string, string>): Promise<Omit<GatewayProcess, 'url' | 'wsUrl'>> {
  return launch(process.execPath, ['--enable-source-maps', 'dist/worker.js'], variables, workerIsReady);
}

async function start(command: string, args: string[], variables: Record<string, string>): Promise<GatewayProcess> {
  const { ready: port, ...gateway } = await launch(command, args, variables, listeningPort);
  return { ...gateway, url: `http://127.0.0.1:${port}`, wsUrl: `ws://127.0.0.1:${port}/mcp` };
}

async function launch<T>(
  command: string,
  args: string[],
  variables: Record<string, string>,
  readFrom: (output: string) => T | undefined,
): Promise<Omit<GatewayProcess, 'url' | 'wsUrl'> & { ready: T }> {
  const { PATH, HOME } = process.env;
  const child = spawn(command, args, {
    cwd: ROOT,
    env: { PATH, HOME, ...SHARED_SECRETS, ...variables, LOG_LEVEL: SUITE_LOG_LEVEL },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  if (command === process.execPath) keepOutput(child); // npm has words of its own
  const closed = once(child, 'close') as Promise<[number | null]>; // nobody holds its pipes any more
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ready = await whatItSays(
    child,
    () => readFrom(output),
    () => output,
  ).catch(async (error: unknown) => {
    if (isRunning(child)) killGroup(child);
    await closed;
    throw error;
  });
  return {
    ready,
    pid: child.pid!,
    output: () => output,
    end: async (signal) => {
      if (isRunning(child)) {
        if (signal === 'SIGKILL') killGroup(child);
        else child.kill(signal);
      }
      return (await closed)[0];
    },
  };
}

function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}

/** npm, and what it started; a server goes with its starter (scripts/lifeline.mjs). */
function killGroup({ pid }: ChildProcess): void {
  process.kill(-pid!, 'SIGKILL');
}

/** The port that the gateway announces. */
function listeningPort(output: string): number | undefined {
  const [, port] = /ws:\/\/localhost:(\d+)\/mcp/.exec(output) ?? [];
  return port && output.includes('Health') ? Number(port) : undefined;
}

function workerIsReady(output: string): true | undefined {
  return output.includes('The worker is ready') ? true : undefined;
}

/** What is read from a process's output; rejects with what it printed when it ends or says nothing. */
function whatItSays<T>(child: ChildProcess, read: () => T | undefined, output: () => string): Promise<T> {
  return new Promise((resolve, reject) => {
    const fail = (what: string) => reject(new Error(`The process ${what}; it printed:\n${output()}`));
    const timer = setTimeout(() => fail('did not get ready in time'), READY_WITHIN_MS);
    child.stdout!.on('data', () => {
      const said = read();
      if (said === undefined) return;
      clearTimeout(timer);
      resolve(said);
    });
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      fail(`ended with ${code ?? signal}`);
    });
  });
}
