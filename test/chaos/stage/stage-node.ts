import { NodeProcess, type Program } from './node-process.js';
import { TcpLink } from './tcp-link.js';

/** The stretches of network that a node lives by. */
export const LINK_NAMES = ['client', 'openai', 'claude', 'database'] as const;
export type LinkName = (typeof LINK_NAMES)[number];

/** Where the links lead and what every node is told beside. */
export interface NodeSurroundings {
  simulatorPort: number;
  /** The database's own URL; the node sees it through its link. */
  databaseUrl: string;
  variables: Record<string, string>;
}

/**
 * A place for a gateway or a worker: its addresses stay, the process in it comes and goes. A process that is asked to go, or is
 * stopped and let go on, may live beside its successor for a while.
 */
export class StageNode {
  /** Every process that was ever started here, oldest first. */
  readonly lives: NodeProcess[] = [];
  /** What processes printed that ended though nobody had ended them. */
  readonly crashes: string[] = [];
  /** How long the slowest start took that came to its end. */
  slowestStartMs = 0;
  private current: NodeProcess | undefined;
  private isClosed = false;
  private isFrozen = false;
  private starting: Promise<void> = Promise.resolve();

  private constructor(
    readonly name: string,
    private readonly program: Program,
    readonly links: Readonly<Record<LinkName, TcpLink>>,
    private readonly surroundings: NodeSurroundings,
  ) {}

  static async open(name: string, program: Program, surroundings: NodeSurroundings): Promise<StageNode> {
    const links = {
      client: await TcpLink.open(),
      openai: await TcpLink.open(surroundings.simulatorPort),
      claude: await TcpLink.open(surroundings.simulatorPort),
      database: await TcpLink.open(Number(new URL(surroundings.databaseUrl).port)),
    };
    return new StageNode(name, program, links, surroundings);
  }

  /** `host:port` for clients. */
  get address(): string {
    return `127.0.0.1:${this.links.client.port}`;
  }

  /** There is a process that has announced itself and was not taken away. */
  get isUp(): boolean {
    return this.current?.isRunning ?? false;
  }

  /** It can do its share for others: it runs, and nothing is between it and the database. */
  get isSound(): boolean {
    return this.isUp && !this.isFrozen && this.links.database.isSound;
  }

  /** Starts a process here and waits until it serves; tried again where the database is away. */
  start(): Promise<void> {
    this.starting = this.startUntilReady();
    return this.starting;
  }

  /** kill -9: gone at once. Somebody starts a successor at once. */
  async kill(): Promise<void> {
    const victim = this.take();
    victim?.signal('SIGKILL');
    await victim?.ended();
    void this.start();
  }

  /** Asks the process to go, as a rollout does: the successor serves new connections, the old one drains. */
  terminate(): void {
    this.take()?.signal('SIGTERM');
    void this.start();
  }

  /** Stops the process in its tracks; the promise resolves when it goes on, after so long. */
  async freeze(durationMs: number): Promise<void> {
    const { current } = this;
    current?.signal('SIGSTOP');
    this.isFrozen = true;
    await new Promise((resolve) => setTimeout(resolve, durationMs));
    current?.signal('SIGCONT');
    this.isFrozen = false;
  }

  heal(): void {
    for (const link of Object.values(this.links)) link.set({ kind: 'none' });
  }

  /** Waits until a process serves here. */
  async settled(): Promise<void> {
    await this.starting;
  }

  async close(): Promise<void> {
    this.isClosed = true;
    for (const life of this.lives) life.signal('SIGKILL'); // reaches a stopped one, too
    await Promise.all(this.lives.map((life) => life.ended()));
    await Promise.all(Object.values(this.links).map((link) => link.close()));
  }

  /** A process is gone: if it was not taken away before, it ended by itself. */
  private ended(life: NodeProcess): void {
    if (this.isClosed || this.current !== life) return;
    this.crashes.push(life.printed.slice(-2_000));
    this.take();
    void this.start();
  }

  private take(): NodeProcess | undefined {
    const { current } = this;
    this.current = undefined;
    this.links.client.retarget(undefined);
    return current;
  }

  private async startUntilReady(): Promise<void> {
    while (!this.isClosed) {
      const life = NodeProcess.spawn(this.program, this.variables());
      const begunMs = performance.now();
      this.lives.push(life);
      try {
        const port = await life.ready();
        this.current = life;
        this.slowestStartMs = Math.max(this.slowestStartMs, Math.round(performance.now() - begunMs));
        this.links.client.retarget(port);
        void life.ended().then(() => this.ended(life));
        return;
      } catch {
        life.signal('SIGKILL'); // the database was away while it started: a supervisor tries again
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
  }

  private variables(): Record<string, string> {
    const { openai, claude } = this.links;
    const database = new URL(this.surroundings.databaseUrl);
    database.port = String(this.links.database.port);
    return {
      PORT: '0',
      HOST: '127.0.0.1',
      DATABASE_URL: database.href,
      OPENAI_API_KEY: 'chaos',
      OPENAI_BASE_URL: `http://127.0.0.1:${openai.port}/v1`,
      ANTHROPIC_API_KEY: 'chaos',
      ANTHROPIC_BASE_URL: `http://127.0.0.1:${claude.port}`,
      ...this.surroundings.variables,
      ...(this.program === 'worker' ? { LOG_LEVEL: 'info' } : {}), // that it is ready, it says as information
    };
  }
}
