import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../clock.js';
import type { History } from '../history.js';
import type { GatewayNode } from '../stage/gateway-node.js';
import type { Stage } from '../stage/stage.js';
import { describeFault, type Fault, type PlannedFault } from './nemesis-plan.js';

const PAUSE_MS = 50;
/** How long a fault that takes a node away waits for that node, and for another one, to be there. */
const PATIENCE_MS = 6_000;

/** Does what was planned, and writes down what it did. */
export class Nemesis {
  private isOver = false;
  /** Planned faults that found nothing to strike. */
  missed = 0;

  constructor(
    private readonly stage: Stage,
    private readonly clock: Clock,
    private readonly history: History,
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
        return this.note(fault, () => database.killPostmaster());
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
        return this.strikeNode(nodes[fault.node]!, fault);
      default:
        return fault satisfies never;
    }
  }

  /** Takes a node away for a while, as long as another one is left. */
  private async strikeNode(node: GatewayNode, fault: Fault & { kind: 'kill' | 'terminate' | 'freeze' }): Promise<void> {
    const isPossible = () => node.isUp && this.stage.nodes.some((other) => other !== node && other.isUp);
    for (const deadlineMs = this.clock.ms + PATIENCE_MS; !isPossible(); await delay(PAUSE_MS)) {
      if (!this.isOver && this.clock.ms < deadlineMs) continue;
      this.missed++;
      return;
    }
    return this.note(fault, async () => {
      if (fault.kind === 'kill') await node.kill();
      else if (fault.kind === 'terminate') node.terminate();
      else await node.freeze(fault.durationMs);
    });
  }

  private async note(fault: Fault, act: () => Promise<void>): Promise<void> {
    const names = this.stage.nodes.map(({ name }) => name);
    const node = fault.kind === 'kill-postmaster' ? undefined : names[fault.node];
    const atMs = this.clock.ms;
    const record = { kind: fault.kind, node, name: describeFault(fault, names), atMs, untilMs: Infinity };
    this.history.faults.push(record);
    await act();
    record.untilMs = this.clock.ms;
  }
}
