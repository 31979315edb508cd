import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../../support/eventually.js';
import { Random } from '../random.js';
import type { Violation } from '../violation.js';
import { Blows, GATEWAY_STEPS, type Struck } from './blow.js';
import { Customers } from './customers.js';
import type { VideoRunOptions } from './options.js';
import { Round, type Scene } from './round.js';
import { judge } from './verdict.js';
import { readEvidence, type Evidence } from './evidence.js';
import { isTroubled, troubleOf } from './troubles.js';
import { VideoStage } from './video-stage.js';

export interface VideoRunResult {
  options: VideoRunOptions;
  kills: { workers: number; gateways: number; redis: number };
  /** Rounds in which something else happened, by what it was. */
  troubles: string[];
  blows: readonly Struck[];
  evidence: Evidence;
  violations: Violation[];
  /** From the last blow to the last video's end. */
  aftermathMs: number;
}

/** How long a video may still take when nothing is being broken any more. */
export const ENDS_WITHIN_MS = 120_000;
/** Something else than a kill happens in every third round. */
const TROUBLE_EVERY = 3;

/** @param onOpening is given the stage that is being set up: whoever ends early has to close it */
export async function runVideoChaos(
  options: VideoRunOptions,
  say: (line: string) => void,
  onOpening: (stage: Promise<VideoStage>) => void = () => undefined,
): Promise<VideoRunResult> {
  const opening = VideoStage.open(options);
  onOpening(opening);
  const stage = await opening;
  try {
    return await new VideoRun(options, stage, say).play();
  } finally {
    await stage.close();
  }
}

class VideoRun {
  private readonly random: Random;
  private readonly scene: Scene;
  private readonly kills = { workers: 0, gateways: 0, redis: 0 };
  private readonly troubles: string[] = [];

  constructor(
    private readonly options: VideoRunOptions,
    private readonly stage: VideoStage,
    private readonly say: (line: string) => void,
  ) {
    this.random = new Random(options.seed, 'video');
    const customers = new Customers(() => stage.address);
    this.scene = { stage, customers, blows: new Blows(stage, customers.placed), random: this.random };
  }

  async play(): Promise<VideoRunResult> {
    const { blows, customers } = this.scene;
    for (let number = 1; number <= this.options.rounds; number++) await this.round(number);
    const begunMs = performance.now();
    await this.untilAllOver();
    const aftermathMs = Math.round(performance.now() - begunMs);
    const evidence = await readEvidence(this.stage, customers.placed, blows.everOrdering);
    const { options, kills, troubles } = this;
    return { options, kills, troubles, blows: blows.all, evidence, violations: judge(evidence), aftermathMs };
  }

  private async round(number: number): Promise<void> {
    const round = new Round(this.scene, number);
    await round.place();
    const isOther = this.options.hasTroubles && isTroubled(number, TROUBLE_EVERY);
    const struck = isOther ? await this.trouble(round, number) : await this.killAllSteps(round);
    this.say(`round ${number}: ${textOf(struck)}`);
    await this.stage.startWorkers(2);
    await round.untilStored();
    const second = await this.scene.blows.deal(() => this.killWorkers());
    this.say(`round ${number}, as a video was stored: ${textOf(second)}`);
    await round.crowdTheGateway();
    const third = await this.scene.blows.deal(() => this.killGateway(), GATEWAY_STEPS);
    this.say(`round ${number}, as orders came in: ${textOf(third)}`);
    if (this.stage.redis && number % 2 === 0) await this.restartRedis();
    await this.scene.blows.lookAgain();
    await Promise.all([this.stage.startWorkers(1), this.stage.startGateway()]);
    await round.settled();
  }

  /** kill -9 of the worker, and of Redis every other time, while videos are at every step. */
  private async killAllSteps(round: Round): Promise<Struck> {
    const struck = await this.scene.blows.deal(() => this.killWorkers());
    await round.release();
    if (this.stage.redis) await this.restartRedis();
    await this.scene.blows.lookAgain();
    return struck;
  }

  private async trouble(round: Round, number: number): Promise<Struck> {
    const { name, play } = troubleOf(number, TROUBLE_EVERY, this.options.seed);
    this.troubles.push(name);
    this.say(`round ${number}: ${name}`);
    return play(this.scene, round);
  }

  private async killWorkers(): Promise<void> {
    this.kills.workers += this.stage.workers.length;
    await this.stage.killWorkers();
  }

  private async killGateway(): Promise<void> {
    this.kills.gateways++;
    await this.stage.killGateway();
  }

  private async restartRedis(): Promise<void> {
    this.kills.redis++;
    await this.stage.redis!.restart();
  }

  private async untilAllOver(): Promise<void> {
    const { pool } = this.stage;
    await eventually(async () => {
      await delay(200);
      const { rows } = await pool.query<{ open: number }>(
        'SELECT count(*)::int AS open FROM video.video WHERE ended_at IS NULL',
      );
      if (rows[0]!.open > 0) throw new Error(`${rows[0]!.open} videos have no end`);
    }, ENDS_WITHIN_MS).catch((error: unknown) => this.say((error as Error).message));
  }
}

function textOf({ videos }: Struck): string {
  return [...videos].map(([step, count]) => `${count} ${step}`).join(', ');
}
