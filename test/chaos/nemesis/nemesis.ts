import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../clock.js';
import type { History } from '../history.js';
import { WORKER_NAME, type Stage } from '../stage/stage.js';
import { describeFault, type Fault, type PlannedFault } from './nemesis-plan.js';

type NodeFault = Fault & { kind: 'kill' | 'terminate' | 'freeze' };

const PAUSE_MS = 50;
/** How long a fault that takes a node away waits until there are two. */
const PATIENCE_MS = 15_000;

/** Does what was planned, and writes down what it did. */
export class Nemesis {
  private isOver = false;
  /** Planned faults that found nothing to strike. */
  missed = 0;

  constructor(
    private readonly stage: Stage,
    private readonly clock: Clock,
    private readonly history: History,
    private readonly isDatabaseThere: () => boolean,
  ) {}

  /** Resolves when the last fault is over. */
  async run(plan: readonly PlannedFault[]): Promise<void> {
    await Promise.all(
      plan.map(async ({ atMs, fault }) => {
        await this.clock.until(atMs);
        if (!this.isOver) await this.strike(fault);
      }),
    );
  }

  /** Nothing new from here on. */
  stop(): void {
    this.isOver = true;
  }

  private async strike(fault: Fault): Promise<void> {
    const { nodes, database } = this.stage;
    switch (fault.kind) {
      case 'kill-postmaster':
        if (await this.waitFor(this.isDatabaseThere)) await this.note(fault, () => database.killPostmaster());
        return;
      case 'kill-worker':
        return this.note(fault, () => this.stage.worker.kill());
      case 'link': {
        const link = nodes[fault.node]!.links[fault.link];
        return this.note(fault, async () => {
          link.set(fault.trouble);
          await delay(fault.durationMs);
          link.set({ kind: 'none' });
        });
      }
      case 'kill':
      case 'terminate':
      case 'freeze':
        return this.strikeNode(fault);
      default:
        return fault satisfies never;
    }
  }

  /** Takes a node away, the planned one or else the next that is there, as long as another one is left. */
  private async strikeNode(fault: NodeFault): Promise<void> {
    const node = await this.waitFor(() => this.victim(fault.node));
    if (node !== undefined) await this.take({ ...fault, node });
  }

  /** What `look` finds; undefined: it found nothing in time, and the fault is missed. */
  private async waitFor<T>(look: () => T | undefined | false): Promise<T | undefined> {
    for (const deadlineMs = this.clock.ms + PATIENCE_MS; ; await delay(PAUSE_MS)) {
      const found = look();
      if (found !== undefined && found !== false) return found;
      if (!this.isOver && this.clock.ms < deadlineMs) continue;
      this.missed++;
      return undefined;
    }
  }

  private victim(planned: number): number | undefined {
    const { nodes } = this.stage;
    if (nodes.filter((node) => node.isUp).length < 2) return undefined;
    const order = nodes.map((_, index) => (planned + index) % nodes.length);
    return order.find((index) => nodes[index]!.isUp);
  }

  private take(fault: NodeFault): Promise<void> {
    const node = this.stage.nodes[fault.node]!;
    return this.note(fault, async () => {
      if (fault.kind === 'kill') await node.kill();
      else if (fault.kind === 'terminate') node.terminate();
      else await node.freeze(fault.durationMs);
    });
  }

  private async note(fault: Fault, act: () => Promise<void>): Promise<void> {
    const names = this.stage.nodes.map(({ name }) => name);
    const node = 'node' in fault ? names[fault.node] : fault.kind === 'kill-worker' ? WORKER_NAME : undefined;
    const atMs = this.clock.ms;
    const record = { kind: fault.kind, node, name: describeFault(fault, names), atMs, untilMs: Infinity };
    this.history.faults.push(record);
    await act();
    record.untilMs = this.clock.ms;
  }
}
