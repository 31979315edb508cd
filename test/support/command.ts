import { spawn, type ChildProcess } from 'node:child_process';
import { SHARED_SECRETS } from './tokens.js';

export interface CommandOutcome {
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

/** A command of src/cli that runs as a process of its own, as it was built. */
export interface RunningCommand {
  process: ChildProcess;
  /** Resolves when standard output or error shows it. @throws Error when the command ends before */
  shows(text: string): Promise<void>;
  ended: Promise<CommandOutcome>;
}

/**
 * @param file such as `src/cli/chat.ts`, or a test's own program
 * @param variables its whole environment, beside PATH and the secrets that processes of one database share
 */
export function startCommand(file: string, args: string[], variables: Record<string, string> = {}): RunningCommand {
  const built = file.replace(/^src\/(.*)\.ts$/, 'dist/$1.js');
  const options = built === file ? ['--import', './test/support/typescript-hooks.js'] : ['--enable-source-maps'];
  const child = spawn(process.execPath, ['--no-warnings', ...options, built, ...args], {
    env: { PATH: process.env.PATH, ...SHARED_SECRETS, ...variables },
  });
  const output = { stdout: '', stderr: '' };
  const watchers = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const)
    child[name].on('data', (chunk: Buffer) => {
      output[name] += chunk.toString();
      watchers.forEach((watcher) => watcher());
    });
  const ended = new Promise<CommandOutcome>((resolve) => {
    child.on('close', (exitCode) => resolve({ exitCode, ...output }));
  });
  return {
    process: child,
    shows: (text) =>
      new Promise((resolve, reject) => {
        const look = () => (output.stdout + output.stderr).includes(text) && resolve();
        watchers.add(look);
        look();
        void ended.then(() => reject(new Error(`it ended without '${text}': ${JSON.stringify(output)}`)));
      }),
    ended,
  };
}
