import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { keepOutput } from '../../support/logs/suite-log.js';
import { SHARED_SECRETS } from '../../support/tokens.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
/** When the harness itself is killed, what it started goes with it. */
const LIFELINE = new URL('../../../scripts/lifeline.mjs', import.meta.url).href;
const READY_WITHIN_MS = 60_000;
const MOST_OUTPUT_CHARACTERS = 2_000_000;

/** What a node runs. */
export type Program = 'gateway' | 'worker';

/** The program, and what it prints when it is ready; a gateway says on which port. */
const PROGRAMS: Readonly<Record<Program, { file: string; isReady: RegExp }>> = {
  gateway: { file: 'dist/main.js', isReady: /ws:\/\/localhost:(\d+)\/mcp[^]*Health/ },
  worker: { file: 'dist/worker.js', isReady: /The worker is ready/ },
};

/** One life of one gateway or worker. */
export class NodeProcess {
  private output = '';
  private readonly gone: Promise<unknown>;

  private constructor(
    private readonly child: ChildProcess,
    private readonly isReady: RegExp,
  ) {
    this.gone = once(child, 'close').catch(() => undefined);
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        if (this.output.length < MOST_OUTPUT_CHARACTERS) this.output += chunk.toString();
      });
  }

  static spawn(program: Program, variables: Record<string, string>): NodeProcess {
    const { file, isReady } = PROGRAMS[program];
    const { PATH, HOME } = process.env;
    const child = spawn(process.execPath, ['--import', LIFELINE, '--enable-source-maps', file], {
      cwd: ROOT,
      env: { PATH, HOME, ...SHARED_SECRETS, ...variables },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true, // Ctrl-C is for the harness, which then ends them all
    });
    keepOutput(child);
    return new NodeProcess(child, isReady);
  }

  get pid(): number {
    return this.child.pid!;
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** What it printed, up to a bound. */
  get printed(): string {
    return this.output;
  }

  signal(signal: NodeJS.Signals): void {
    if (this.isRunning) this.child.kill(signal);
  }

  /** Waits for its end. */
  async ended(): Promise<void> {
    await this.gone;
  }

  /** Waits until it is ready. @returns the port of a gateway; undefined: a worker has none @throws Error with what it printed where it ends instead, or says nothing in time */
  ready(): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => fail('did not get ready in time'), READY_WITHIN_MS);
      const fail = (what: string) => {
        clearTimeout(timer);
        reject(new Error(`A node ${what}; it printed:\n${this.output}`));
      };
      const look = () => {
        const said = this.isReady.exec(this.output);
        if (!said) return;
        clearTimeout(timer);
        this.child.stdout!.off('data', look);
        resolve(said[1] === undefined ? undefined : Number(said[1]));
      };
      this.child.stdout!.on('data', look);
      this.child.once('exit', (code, signal) => fail(`ended with ${code ?? signal}`));
    });
  }
}
