/** Runs a Node program in the checkout to its end, as if it were this process. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { root } from './setup.mjs';

const LIFELINE = new URL('lifeline.mjs', import.meta.url).href;

/** Ends this process with the program's exit code. It keeps the terminal, whose Ctrl-C reaches it by itself. */
export function runNode(args, { env = {} } = {}) {
  const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
  process.on('SIGINT', () => undefined); // the program decides when it ends
  passOn(child, { SIGTERM: 'SIGTERM' });
  endWith(child);
}

/**
 * The same for a server: out of reach of Ctrl-C, which comes twice here (from the terminal, and from npm, which passes
 * it on) and is passed on once, as are SIGTERM and the closing of the terminal.
 */
export function runServer(args) {
  const child = spawn(process.execPath, ['--import', LIFELINE, ...args], {
    cwd: root,
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    detached: true,
  });
  passOn(child, { SIGTERM: 'SIGTERM', SIGINT: 'SIGINT', SIGHUP: 'SIGTERM' });
  endWith(child);
}

function passOn(child, signals) {
  const sent = new Set();
  for (const [received, passed] of Object.entries(signals)) {
    process.on(received, () => {
      if (!sent.has(passed)) child.kill(passed);
      sent.add(passed);
    });
  }
}

function endWith(child) {
  child.once('error', (error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  });
  child.once('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}
