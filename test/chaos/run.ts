import { monitorEventLoopDelay } from 'node:perf_hooks';
import { BillBook } from './checks/bill-book.js';
import { lapses } from './checks/lost-owners.js';
import { Observer } from './checks/observer.js';
import { Sights } from './checks/sights.js';
import { readAccounts, readRequests, type Stored } from './checks/stored.js';
import { judge } from './checks/verdict.js';
import { Watch } from './checks/watch.js';
import { Lines } from './clients/lines.js';
import { pursue } from './clients/pursue.js';
import { planRequests, type Regime, type RequestPlan } from './clients/request-plan.js';
import { rereadAll } from './clients/reread.js';
import type { Scene } from './clients/scene.js';
import { planGrants, Treasurer } from './clients/treasurer.js';
import { Clock } from './clock.js';
import { History } from './history.js';
import { Nemesis } from './nemesis/nemesis.js';
import { planNemesis } from './nemesis/nemesis-plan.js';
import { prepareOracle } from './oracle.js';
import { Random } from './random.js';
import { readLogs, type LogLine } from './stage/node-log.js';
import { Stage } from './stage/stage.js';
import type { Violation } from './violation.js';

export interface ChaosOptions {
  seed: number;
  /** How long the system is being used and broken; the aftermath comes on top. */
  seconds: number;
  nodes: number;
  requestsPerSecond: number;
  regimes: readonly Regime[];
  /** Ends the run at the first violation that is seen while it runs. */
  untilFirst: boolean;
  /** Is told how it goes. */
  say: (line: string) => void;
}

/** A run and everything that is known of it. */
export interface ChaosResult {
  options: ChaosOptions;
  violations: Violation[];
  history: History;
  stored: Stored | undefined;
  counts: Counts;
  /** What the gateways had to say. */
  log: LogLine[];
}

export interface Counts {
  looks: number;
  audits: number;
  sights: number;
  sockets: number;
  missedFaults: number;
  deadlocks: number;
  /** The longest that the database was away. */
  databaseAwayMs: number;
  /** A gateway's slowest start. */
  slowestStartMs: number;
  /** How late the harness itself was, at most: a figure for the machine. */
  latenessMs: number;
  /** From the moment at which everything was whole again to the last client's end. */
  aftermathMs: number;
}

/** Requests at a time, at most: more wait for their turn. */
const MOST_AT_ONCE = 400;
/** A violation of one rule is told so often; hundreds say no more. */
const MOST_OF_A_RULE = 20;
/** How long holds may stay open when nothing is being broken any more: an abandoned one is given back after 30 s. */
const CALM_WITHIN_MS = 60_000;

/**
 * Plays one seed.
 * @param onOpening is given the stage that is being set up: whoever ends early has to close it
 * @throws Error where the stage itself can't be set up
 */
export async function runChaos(
  options: ChaosOptions,
  onOpening: (stage: Promise<Stage>) => void,
): Promise<ChaosResult> {
  const opening = Stage.open(options.nodes);
  onOpening(opening);
  const stage = await opening;
  try {
    return await new Run(options, stage).play();
  } finally {
    await stage.close();
  }
}

class Run {
  private readonly clock = new Clock();
  private readonly history = new History();
  private readonly violations: Violation[] = [];
  private readonly sightObserver: Observer;
  private readonly observer: Observer;
  private readonly sights: Sights;
  private readonly watch: Watch;
  private readonly lines: Lines;
  private readonly nemesis: Nemesis;
  private readonly bill: BillBook;
  private readonly scene: Scene;
  private readonly lateness = monitorEventLoopDelay({ resolution: 10 });
  private aftermathMs = 0;
  private isStopped = false;

  constructor(
    private readonly options: ChaosOptions,
    private readonly stage: Stage,
  ) {
    const report = (violation: Violation) => this.report(violation);
    this.sightObserver = new Observer(stage.database.url);
    this.observer = new Observer(stage.database.url);
    this.sights = new Sights(this.sightObserver, this.clock, this.history, report);
    this.watch = new Watch(this.observer, this.clock, () => stage.nodes.some(({ isSound }) => isSound), report);
    this.nemesis = new Nemesis(stage, this.clock, this.history, () => this.watch.isDatabaseThere);
    this.bill = new BillBook(stage.simulator);
    this.lines = new Lines((userId, raw) =>
      report({ rule: 'foreign', detail: `${userId} got a frame of an id that was not asked for: ${raw}` }),
    );
    const { clock, lines, history, sights } = this;
    this.scene = { clock, nodes: stage.nodes, lines, history, sights };
  }

  async play(): Promise<ChaosResult> {
    const { seed, seconds, nodes, regimes, requestsPerSecond, say } = this.options;
    await prepareOracle();
    const requests = planRequests(new Random(seed, 'requests'), { seconds, requestsPerSecond, regimes });
    const grants = planGrants(new Random(seed, 'grants'), seconds, regimes);
    const faults = planNemesis(new Random(seed, 'nemesis'), { seconds, nodes });
    say(`${requests.length} requests, ${faults.length} faults in ${seconds} s`);
    this.lateness.enable();
    this.watch.start();
    this.sights.start();
    const treasurer = new Treasurer(this.clock, this.stage.nodes, this.history, new Random(seed, 'treasurer'));
    const money = treasurer
      .give(grants)
      .catch((error: Error) => this.report({ rule: 'grants', detail: error.message }));
    const broken = this.nemesis.run(faults);
    await this.pursueAll(requests, broken);
    if (!this.isStopped) await money;
    const stored = this.isStopped ? undefined : await this.settle();
    return {
      options: this.options,
      violations: this.violations,
      history: this.history,
      stored,
      counts: await this.counts(),
      log: readLogs(this.stage.everyNode),
    };
  }

  /** Every client from its first asking to its end; what was broken is healed meanwhile. */
  private async pursueAll(requests: readonly RequestPlan[], broken: Promise<void>): Promise<void> {
    const { clock, options, scene } = this;
    const running = new Set<Promise<void>>();
    for (const plan of requests) {
      await clock.until(plan.atMs);
      while (running.size >= MOST_AT_ONCE) await Promise.race(running);
      if (this.isStopped) break;
      const pursuit = pursue(scene, plan, options.seed).finally(() => running.delete(pursuit));
      running.add(pursuit);
    }
    options.say(`${Math.round(clock.ms / 1_000)} s: all asked, ${running.size} still wait`);
    if (this.isStopped) return;
    await broken;
    await this.stage.heal();
    options.say(`${Math.round(clock.ms / 1_000)} s: healed, ${running.size} still wait`);
    const healedAtMs = clock.ms;
    await Promise.all(running);
    this.aftermathMs = clock.ms - healedAtMs;
  }

  /** Waits until nothing moves, reads everything again, and judges. */
  private async settle(): Promise<Stored> {
    const { say } = this.options;
    await this.calm();
    say(`${Math.round(this.clock.ms / 1_000)} s: calm`);
    const before = await readAccounts(this.observer);
    await rereadAll(this.scene);
    await this.sights.stop();
    await this.watch.stop();
    await this.watch.look(true);
    const requests = await readRequests(this.observer);
    const accounts = await readAccounts(this.observer);
    if (JSON.stringify(before, bigints) !== JSON.stringify(accounts, bigints))
      this.report({ rule: 'repeat-charges', detail: 'accounts moved while everything was only read again' });
    this.history.faults.push(...lapses(readLogs(this.stage.everyNode), this.clock));
    const stored = { requests, accounts, generations: this.bill.close() };
    for (const violation of judge(this.history, stored)) this.report(violation);
    for (const { crashes, name } of this.stage.everyNode)
      for (const printed of crashes) this.report({ rule: 'crash', detail: `${name} ended by itself: ${printed}` });
    say(`${Math.round(this.clock.ms / 1_000)} s: judged`);
    return stored;
  }

  /** No hold is open any more, or as many as stay open for ever. */
  private async calm(): Promise<void> {
    const deadlineMs = this.clock.ms + CALM_WITHIN_MS;
    for (;;) {
      const [row] = await this.observer.insist<{ n: number }>(
        `SELECT count(*)::int AS n FROM ledger.hold WHERE status = 'pending'`,
      );
      if (row!.n === 0 || this.clock.ms > deadlineMs) return;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  private async counts(): Promise<Counts> {
    this.lines.close();
    this.bill.close();
    await this.sights.stop();
    await this.watch.stop();
    await this.observer.close();
    await this.sightObserver.close();
    const deadlocks = (await this.stage.database.log()).match(/deadlock detected/g)?.length ?? 0;
    if (deadlocks > 0) this.report({ rule: 'deadlock', detail: `the database broke ${deadlocks} deadlocks` });
    const { looks, audits } = this.watch;
    const { missed } = this.nemesis;
    return {
      looks,
      audits,
      sights: this.sights.checked,
      sockets: this.lines.opened,
      missedFaults: missed,
      deadlocks,
      databaseAwayMs: this.watch.longestAwayMs,
      slowestStartMs: Math.max(...this.stage.nodes.map((node) => node.slowestStartMs)),
      latenessMs: Math.round(this.lateness.max / 1e6),
      aftermathMs: this.aftermathMs,
    };
  }

  private report(violation: Violation): void {
    const count = this.violations.filter(({ rule }) => rule === violation.rule).length;
    if (count < MOST_OF_A_RULE) this.violations.push(violation);
    if (count === 0)
      this.options.say(`VIOLATION ${violation.rule} ${violation.id ?? ''}: ${violation.detail.slice(0, 500)}`);
    if (!this.options.untilFirst) return;
    this.isStopped = true;
    this.nemesis.stop();
  }
}

function bigints(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
