import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../../support/eventually.js';
import type { Random } from '../random.js';
import { jobsByMarker, type Blows } from './blow.js';
import type { Customers } from './customers.js';
import { planOrder, type Placed } from './placed.js';
import { RowLocks } from './row-locks.js';
import { ANSWER_MS, type Group } from './scripts.js';
import { COPIES_AT_ONCE, type VideoStage } from './video-stage.js';
import { readVideos, type VideoRow } from './video-rows.js';

const OF_A_GROUP = 2;
/** More than a worker's steps at once, and than a gateway takes in within some milliseconds. */
const QUEUED = 10;
const AT_THE_GATEWAY = 8;
/**
 * The first poll comes 5 to 6 s after the order: what is to take up the copies is ordered before what is to wait for
 * them, and what is not to be asked about when that waits. A copy takes 19 s, a slow poll 18.
 */
const COPIES_AT_MS = 1_800;
const WAITING_AT_MS = 3_200;
const PLACED_WITHIN_MS = 8_000;
const STORED_WITHIN_MS = 12_000;
const LOOK_EVERY_MS = 2;

/** Everything that a round needs. */
export interface Scene {
  stage: VideoStage;
  customers: Customers;
  blows: Blows;
  random: Random;
}

/** Places videos at every step of their life, and gives the moment at which they all are there. */
export class Round {
  private readonly beganMs = performance.now();
  private locks: RowLocks | undefined;
  private posting: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly scene: Scene,
    private readonly number: number,
  ) {}

  /** Resolves when the blow is to fall. */
  async place(): Promise<void> {
    const { stage } = this.scene;
    this.locks = await RowLocks.open(stage.database.url, stage.pool);
    await this.placeSettling(this.locks);
    await this.at(COPIES_AT_MS);
    await Promise.all([this.order('copy', COPIES_AT_ONCE), this.order('poll'), this.order('unanswered')]);
    await this.at(WAITING_AT_MS);
    const uncopied = await this.order('uncopied');
    await this.until(uncopied, ({ state }) => state === 'copying');
    await this.order('unasked');
    await this.placeUnwritten(this.locks);
    await this.placeOnItsWay();
    await this.placeQueued();
  }

  /** What was held up may go on, or is broken off. */
  async release(): Promise<void> {
    await this.locks?.release(this.scene.random.chance(0.5));
    this.scene.stage.link.set({ kind: 'none' });
  }

  /** Resolves when every customer of this round has its answer. */
  async settled(): Promise<void> {
    await this.posting;
  }

  /** Resolves as soon as a video is stored and not charged, or none was in time. */
  async untilStored(): Promise<void> {
    await this.untilThereIs("state = 'copying' AND media IS NOT NULL", [], STORED_WITHIN_MS);
  }

  /** Resolves as soon as the gateway has stored one of many orders that it is taking in. */
  async crowdTheGateway(): Promise<void> {
    const markers = this.plan('gateway', AT_THE_GATEWAY).map(({ marker }) => marker);
    await this.untilThereIs('idempotency_key = ANY ($1)', [markers], PLACED_WITHIN_MS);
  }

  private async untilThereIs(condition: string, values: unknown[], withinMs: number): Promise<void> {
    const untilMs = performance.now() + withinMs;
    while (performance.now() < untilMs) {
      const { rows } = await this.scene.stage.pool.query(
        `SELECT 1 FROM video.video WHERE ${condition} LIMIT 1`,
        values,
      );
      if (rows.length > 0) return;
      await delay(LOOK_EVERY_MS);
    }
  }

  private async placeSettling(locks: RowLocks): Promise<void> {
    const userId = `settling-${this.number}`;
    await this.order('settling', OF_A_GROUP, userId);
    await locks.lockAccount(userId);
  }

  /** Their orders are answered, and the note of the answer has to wait. */
  private async placeUnwritten(locks: RowLocks): Promise<void> {
    const placed = await this.order('unwritten');
    await this.until(placed, ({ state }) => state === 'submitting');
    for (const { videoId } of placed) if (videoId !== undefined) await locks.lockVideo(videoId);
    await eventually(() => {
      if (!placed.every((video) => this.isAnswered(video))) throw new Error('not answered yet');
    }, PLACED_WITHIN_MS).catch(() => undefined);
  }

  private isAnswered({ marker }: Placed): boolean {
    const job = jobsByMarker(this.scene.stage.simulator.videoJobs()).get(marker)?.[0];
    return job !== undefined && Date.now() > job.createdAtMs + ANSWER_MS;
  }

  /** Their orders are sent and come to nobody, or too late for whoever sent them. */
  private async placeOnItsWay(): Promise<void> {
    const { link } = this.scene.stage;
    link.set(this.number % 2 === 0 ? { kind: 'blackhole' } : { kind: 'delay', delayMs: 3_000 });
    const placed = await this.order('on-its-way');
    await this.until(placed, ({ state }) => state === 'submitting');
  }

  private async placeQueued(): Promise<void> {
    const placed = this.plan('queued', QUEUED);
    await eventually(() => {
      if (!placed.some(({ videoId }) => videoId !== undefined)) throw new Error('none is taken');
    }, PLACED_WITHIN_MS).catch(() => undefined);
  }

  private async order(group: Group, count = OF_A_GROUP, userId = this.someone()): Promise<Placed[]> {
    const orders = this.planned(group, count, userId);
    await this.scene.customers.order(orders);
    return orders;
  }

  /** Orders that nobody waits for here. */
  private plan(group: Group, count: number): Placed[] {
    const orders = this.planned(group, count, this.someone());
    this.posting = Promise.all([this.posting, this.scene.customers.order(orders)]);
    return orders;
  }

  private planned(group: Group, count: number, userId: string): Placed[] {
    return Array.from({ length: count }, (_, nth) => planOrder(this.scene.random, group, userId, nth));
  }

  private someone(): string {
    return `user-${this.scene.random.between(0, 9)}`;
  }

  /** Waits until all of them are there; where one is not in time the blow falls all the same. */
  private async until(placed: readonly Placed[], isThere: (row: VideoRow) => boolean): Promise<void> {
    await eventually(async () => {
      const rows = await readVideos(this.scene.stage.pool);
      const markers = new Set(placed.map(({ marker }) => marker));
      const own = rows.filter(({ marker }) => markers.has(marker ?? ''));
      if (own.length < placed.length || !own.every(isThere)) throw new Error('not there yet');
    }, PLACED_WITHIN_MS).catch(() => undefined);
  }

  private async at(sinceBeginMs: number): Promise<void> {
    await delay(Math.max(0, this.beganMs + sinceBeginMs - performance.now()));
  }
}
