import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { keepOutput, SUITE_LOG_LEVEL } from './logs/suite-log.js';
import { SHARED_SECRETS } from './tokens.js';

export interface WorkerProcess {
  child: ChildProcess;
  /** Everything that it printed so far. */
  output(): string;
  /** Exit code and signal. */
  ended: Promise<unknown>;
}

/** The built worker as a process of its own, with nothing in its environment but this. */
export function startWorker(environment: Record<string, string>): WorkerProcess {
  const child = spawn(process.execPath, ['--enable-source-maps', 'dist/worker.js'], {
    env: { ...SHARED_SECRETS, ...environment, LOG_LEVEL: SUITE_LOG_LEVEL },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  keepOutput(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return { child, output: () => output, ended: once(child, 'exit') };
}
