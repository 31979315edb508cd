/** What a benchmark runs on: the processes that it starts and the folder that it uses, all gone when it ends. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { root } from '../scripts/setup.mjs';

const LIFELINE = new URL('lifeline.mjs', import.meta.url).href;
const ENDS_WITHIN_MS = 20_000;
/** A load whose answers never come is not waited for any longer. */
const RUNS_WITHIN_MS = 180_000;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

export class Stage {
  #children = [];
  #closing;
  /** A data directory that the database's user can reach, whoever runs the benchmark. */
  dataDirectory = mkdtempSync(join(tmpdir(), 'mcp-server-bench-'));

  constructor() {
    chmodSync(this.dataDirectory, 0o755);
  }

  /**
   * Starts a server and waits until it prints where it serves.
   * @returns {Promise<{pid: number, port: number}>}
   */
  async serve(program, args = [], options = {}) {
    const child = this.#start(program, args, options);
    const ready = new Promise((resolve, reject) => {
      createInterface({ input: child.stdout }).on('line', (line) => {
        const [, port] = /\b(?:http|ws):\/\/[\w.]+:(\d+)/.exec(line) ?? [];
        if (port) resolve(Number(port));
      });
      child.once('exit', () => reject(new Error(`${program} ended before it served`)));
    });
    return { pid: child.pid, port: await ready };
  }

  /**
   * Starts a program that serves on no port, and waits until it prints that it is ready.
   * @returns {Promise<{pid: number}>}
   */
  async start(program, says, options = {}) {
    const child = this.#start(program, [], options);
    await new Promise((resolve, reject) => {
      createInterface({ input: child.stdout }).on('line', (line) => line.includes(says) && resolve());
      child.once('exit', () => reject(new Error(`${program} ended before it was ready`)));
    });
    return { pid: child.pid };
  }

  /** Runs a program to its end and reads the JSON that it prints. */
  async run(program, args, options) {
    const child = this.#start(program, args, options);
    let text = '';
    child.stdout.on('data', (part) => (text += part));
    const patience = setTimeout(() => child.kill('SIGKILL'), RUNS_WITHIN_MS);
    const [code, signal] = await once(child, 'close');
    clearTimeout(patience);
    if (code !== 0) throw new Error(`${program} failed (${signal ?? `exit code ${code}`})`);
    return JSON.parse(text);
  }

  /** Ends everything and removes the folder; a second call waits for the first. */
  close() {
    return (this.#closing ??= this.#end());
  }

  /** A process group of its own: Ctrl-C in a terminal would reach the gateway at once, and npm would send it again. */
  #start(program, args, { env = {}, flags = [] } = {}) {
    if (this.#closing) throw new Error('the benchmark is ending');
    const path = fileURLToPath(new URL(`../${program}`, import.meta.url));
    const child = spawn(process.execPath, ['--import', LIFELINE, ...flags, path, ...args.map(String)], {
      cwd: root,
      env: { ...inherited(), ...env },
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
      detached: true,
    });
    this.#children.push(child);
    return child;
  }

  async #end() {
    await Promise.all(this.#children.map(end));
    await this.#endDatabase();
    rmSync(this.dataDirectory, { recursive: true, force: true, maxRetries: 5 });
  }

  /** Nobody uses it any more. */
  async #endDatabase() {
    const { findPostmaster } = await import('../dist/database/embedded/postmaster.js');
    const server = await findPostmaster(join(this.dataDirectory, 'postgres/cluster'));
    if (server) process.kill(server.pid, 'SIGKILL');
  }
}

/** Nothing that configures a gateway comes in from outside: a DATABASE_URL of somebody's would be put under load. */
function inherited() {
  const names = ['PATH', 'HOME', 'USER', 'LANG', 'TMPDIR'].filter((name) => process.env[name] !== undefined);
  return Object.fromEntries(names.map((name) => [name, process.env[name]]));
}

async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  const patience = setTimeout(() => child.kill('SIGKILL'), ENDS_WITHIN_MS);
  child.kill('SIGTERM');
  await ended;
  clearTimeout(patience);
}

/**
 * Runs a benchmark on a stage of its own and ends the process with its verdict: 0 within the limits, 1 beyond them, 2
 * where it could not be measured.
 * @param {(stage: Stage) => Promise<boolean>} benchmark
 */
export async function onStage(benchmark) {
  const stage = new Stage();
  for (const signal of SIGNALS) {
    process.on(signal, () => void stage.close().finally(() => process.exit(128 + constants.signals[signal])));
  }
  try {
    process.exitCode = (await benchmark(stage)) ? 0 : 1;
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
  } finally {
    await stage.close();
  }
}
