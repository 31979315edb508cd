import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
/** When the harness itself is killed, what it started goes with it. */
const LIFELINE = new URL('../../../scripts/lifeline.mjs', import.meta.url).href;
const READY_WITHIN_MS = 60_000;
const MOST_OUTPUT_CHARACTERS = 2_000_000;

/** One life of one gateway. */
export class GatewayProcess {
  private output = '';
  private readonly gone: Promise<unknown>;

  private constructor(private readonly child: ChildProcess) {
    this.gone = once(child, 'close').catch(() => undefined);
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        if (this.output.length < MOST_OUTPUT_CHARACTERS) this.output += chunk.toString();
      });
  }

  static spawn(variables: Record<string, string>): GatewayProcess {
    const { PATH, HOME } = process.env;
    const child = spawn(process.execPath, ['--import', LIFELINE, '--enable-source-maps', 'dist/main.js'], {
      cwd: ROOT,
      env: { PATH, HOME, ...variables },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true, // Ctrl-C is for the harness, which then ends them all
    });
    return new GatewayProcess(child);
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

  /** The port on which it is ready. @throws Error with what it printed where it ends instead, or says nothing in time */
  ready(): Promise<number> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => fail('did not get ready in time'), READY_WITHIN_MS);
      const fail = (what: string) => {
        clearTimeout(timer);
        reject(new Error(`A gateway ${what}; it printed:\n${this.output}`));
      };
      const look = () => {
        const [, port] = /ws:\/\/localhost:(\d+)\/mcp/.exec(this.output) ?? [];
        if (!port || !this.output.includes('Health')) return;
        clearTimeout(timer);
        this.child.stdout!.off('data', look);
        resolve(Number(port));
      };
      this.child.stdout!.on('data', look);
      this.child.once('exit', (code, signal) => fail(`ended with ${code ?? signal}`));
    });
  }
}
