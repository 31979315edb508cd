/** Runs a Node program in the checkout to its end, as if it were this process. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { root } from './setup.mjs';

/**
 * Ends this process with the program's exit code. SIGTERM and SIGINT are passed on, each once.
 * `isOwnGroup`: the program is out of reach of the terminal's Ctrl-C, which reaches us (twice, as npm passes it on too)
 * and is passed on once; without it the program keeps the terminal, and Ctrl-C reaches it by itself.
 */
export function runNode(args, { isOwnGroup = false, env = {} } = {}) {
  const child = spawn(process.execPath, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
    detached: isOwnGroup,
  });
  process.once('SIGTERM', () => child.kill('SIGTERM'));
  process.once('SIGINT', () => isOwnGroup && child.kill('SIGINT'));
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => undefined); // the program decides when it ends
  child.once('error', (error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  });
  child.once('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}
