import { setTimeout as delay } from 'node:timers/promises';
import { parseFrame } from '../frames.js';
import type { RequestRecord, Showing } from '../history.js';
import { Random } from '../random.js';
import type { StageNode } from '../stage/stage-node.js';
import type { Line } from './line.js';
import type { RequestPlan } from './request-plan.js';
import type { Scene } from './scene.js';
import { show } from './show.js';
import { SideActs } from './side-acts.js';

/** No frame for so long, and a client looks for a better node. */
const PATIENCE_MS = 4_000;
/**
 * A request is stuck when its client has waited for so long in all on open sockets (a machine's slowness in starting nodes
 * does not count) without an end; in the background it is tried again for minutes.
 */
const STUCK_AFTER_MS = { stream: 60_000, whole: 60_000, embedding: 60_000, background: 240_000 };
/** Or when so much time has passed, sockets or not. */
const GIVES_UP_AFTER_MS = 360_000;
/** Refusals that are about the moment: the same id is asked for again. */
const PASSING = new Set(['UNAVAILABLE', 'LIMIT_EXCEEDED', 'RATE_LIMIT_EXCEEDED', 'QUEUE_OVERFLOW']);
const LONGEST_PAUSE_MS = 1_000;
const PAUSE_AFTER_NO_CONNECTION_MS = 150;
const TRIES_WITHOUT_CREDITS = 2;

/** One client and one request, from the first asking to the end, as its behaviour has it. Never throws. */
export async function pursue(scene: Scene, plan: RequestPlan, seed: number): Promise<void> {
  await new Pursuit(scene, plan, new Random(seed, `pursuit ${plan.id}`)).run();
}

class Pursuit {
  private readonly record: RequestRecord;
  private readonly side: SideActs;
  /** The last seq that was seen. */
  private seen = 0;
  /** On open sockets, in all. */
  private waitedMs = 0;
  private drops: number[];
  private refusedForCredits = 0;
  private lastNode: StageNode | undefined;

  constructor(
    private readonly scene: Scene,
    private readonly plan: RequestPlan,
    private readonly random: Random,
  ) {
    this.record = scene.history.begin(plan);
    this.side = new SideActs(scene, this.record, random);
    this.drops = [...plan.behaviour.dropsAfter];
  }

  async run(): Promise<void> {
    const deadlineMs = this.scene.clock.ms + GIVES_UP_AFTER_MS;
    while (this.record.fate === 'running') {
      if (this.waitedMs > STUCK_AFTER_MS[this.plan.kind] || this.scene.clock.ms > deadlineMs)
        this.record.fate = 'stuck';
      else await this.round();
    }
    await this.side.finish();
  }

  private async round(): Promise<void> {
    const line = await this.connect();
    if (!line) return void (await delay(PAUSE_AFTER_NO_CONNECTION_MS));
    const showing = await show(this.scene, this.record, {
      role: 'main',
      line,
      frame: this.frame(),
      afterSeq: this.seen,
      patienceMs: PATIENCE_MS,
      onFrame: (count) => this.react(line, count),
    });
    this.waitedMs += this.scene.clock.ms - showing.askedAtMs;
    this.seen = Math.max(this.seen, lastSeqOf(showing));
    await this.goOnAfter(showing, line);
  }

  private async connect(): Promise<Line | undefined> {
    const others = this.scene.nodes.filter((node) => node !== this.lastNode);
    const node = this.random.pick(others);
    this.lastNode = node;
    try {
      return await this.scene.lines.get(this.plan.userId, node, this.plan.id, this.random.chance(0.2));
    } catch {
      return undefined;
    }
  }

  /** The whole request, or the id alone once it is known to be known. */
  private frame(): Record<string, unknown> {
    if (this.seen > 0 && !this.plan.behaviour.returnsWithBody) return { lastSeq: this.seen };
    return this.seen > 0 ? { ...this.plan.body, lastSeq: this.seen } : this.plan.body;
  }

  private react(line: Line, count: number): 'dropped' | undefined {
    const { leavesAfter, pauseMs } = this.plan.behaviour;
    this.side.after(count, line);
    if (pauseMs !== undefined && count === 3) {
      line.pause();
      setTimeout(() => line.resume(), pauseMs);
    }
    const isDropped = leavesAfter === undefined ? count === this.drops[0] : count >= leavesAfter;
    if (!isDropped) return undefined;
    this.drops.shift();
    line.drop();
    return 'dropped';
  }

  private async goOnAfter({ end, refusal }: Showing, line: Line): Promise<void> {
    const { leavesAfter, awayMs } = this.plan.behaviour;
    if (end === 'terminal') this.record.fate = 'ended';
    else if (leavesAfter !== undefined && end === 'dropped') this.record.fate = 'left';
    else if (end === 'silent') line.drop();
    else if (end === 'dropped') await delay(awayMs);
    else if (refusal) await this.bear(refusal);
  }

  private async bear({ code, retryAfterMs }: NonNullable<Showing['refusal']>): Promise<void> {
    if (PASSING.has(code)) return void (await delay(Math.min(retryAfterMs ?? 200, LONGEST_PAUSE_MS)));
    if (code === 'INSUFFICIENT_CREDITS' && this.refusedForCredits++ < TRIES_WITHOUT_CREDITS)
      return void (await delay(this.random.between(200, LONGEST_PAUSE_MS)));
    this.record.fate = 'refused';
  }
}

function lastSeqOf({ frames }: Showing): number {
  const last = frames.at(-1);
  return last ? (parseFrame(last.raw).seq ?? 0) : 0;
}
