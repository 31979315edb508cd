import { FairQueue } from './fair-queue.js';
import type { Lane } from './model-lane.js';
import { WaitEstimate } from './wait-estimate.js';

/** How many requests one provider is sent at once, and how many may wait for that. */
export interface AdmissionBounds {
  /** Requests at the provider at once; Infinity: no bound. */
  concurrency: number;
  /** Requests that wait, of all users. */
  queueLength: number;
  /** Requests that wait, of one user. */
  queuePerUser: number;
}

/** What holds a slot or waits for one. */
export interface SlotSeeker {
  readonly userId: string;
  /** The client's id of the request. */
  readonly requestId: string;
  /** A slot is its own from now on. */
  granted(slots: ProviderSlots): void;
  /** Its place in this line was given to a user who has fewer. */
  displaced(slots: ProviderSlots): void;
}

/**
 * One provider's slots, and the line of those who wait for one. While a slot is free, nobody waits but for a model that
 * has as many requests at the provider as it may: the others pass them by.
 */
export class ProviderSlots {
  /** Since when (performance.now()) each slot is held. */
  private readonly holders = new Map<SlotSeeker, number>();
  private readonly line = new FairQueue<SlotSeeker>();
  /** Of those who hold a slot or wait for one, where their models have a bound of their own. */
  private readonly lanes = new Map<SlotSeeker, Lane>();
  private readonly estimate: WaitEstimate;

  constructor(
    readonly providerId: string,
    private bounds: AdmissionBounds,
  ) {
    this.estimate = new WaitEstimate(bounds.concurrency);
  }

  get running(): number {
    return this.holders.size;
  }

  get waiting(): number {
    return this.line.size;
  }

  /** Those who wait, next one first. */
  inLine(): Iterable<SlotSeeker> {
    return this.line.inOrder();
  }

  /** @param position 1: the next. @returns how long it probably has to wait, in milliseconds */
  waitMs(position: number): number {
    return this.estimate.waitMs(position);
  }

  /** How long a user who finds no room had better stay away, in milliseconds. */
  retryAfterMs(userId: string): number {
    const { size, userCount } = this.line;
    const turnsBefore = Math.min(size, this.line.sizeOf(userId) * userCount);
    return this.waitMs(turnsBefore + 1);
  }

  /** Other bounds hold from now on; who holds a slot keeps it. */
  setBounds(bounds: AdmissionBounds): void {
    this.bounds = bounds;
    this.estimate.slotCount = bounds.concurrency;
    this.admitWaiting();
  }

  /** @returns whether a slot was free: it is the seeker's until it leaves */
  take(seeker: SlotSeeker, lane?: Lane): boolean {
    if (this.isFull || lane?.isFull) return false;
    this.enroll(seeker, lane);
    this.hold(seeker);
    return true;
  }

  /** Whether the seeker holds a slot or waits for one, for this lane's models. */
  isFor(seeker: SlotSeeker, lane: Lane): boolean {
    return this.lanes.get(seeker) === lane;
  }

  /** @returns whether there was room in the line: the seeker is told when it has a slot */
  wait(seeker: SlotSeeker, lane?: Lane): boolean {
    const { line, bounds } = this;
    if (line.sizeOf(seeker.userId) >= bounds.queuePerUser) return false;
    if (line.size >= bounds.queueLength && !this.makeRoomFor(seeker.userId)) return false;
    if (line.size === 0) line.startRound(this.usersWithSlots());
    line.push(seeker.userId, seeker);
    this.enroll(seeker, lane);
    return true;
  }

  /** Gives the slot to whoever is next, or the place in the line back. Whoever has neither changes nothing. */
  leave(seeker: SlotSeeker): void {
    const sinceMs = this.holders.get(seeker);
    const lane = this.lanes.get(seeker);
    this.lanes.delete(seeker);
    if (sinceMs === undefined) {
      this.line.remove(seeker.userId, seeker);
      return;
    }
    this.holders.delete(seeker);
    if (lane) lane.running--;
    this.estimate.observe(performance.now() - sinceMs);
    this.admitWaiting();
  }

  private get isFull(): boolean {
    return this.holders.size >= this.bounds.concurrency;
  }

  /** Gives free slots to those whose turn it is and whose models may have one more. */
  private admitWaiting(): void {
    while (!this.isFull) {
      const next = this.line.shift((seeker) => !this.lanes.get(seeker)?.isFull);
      if (!next) return;
      this.hold(next);
      next.granted(this);
    }
  }

  private hold(seeker: SlotSeeker): void {
    this.holders.set(seeker, performance.now());
    const lane = this.lanes.get(seeker);
    if (lane) lane.running++;
  }

  private enroll(seeker: SlotSeeker, lane: Lane): void {
    if (lane) this.lanes.set(seeker, lane);
  }

  private *usersWithSlots(): Generator<string> {
    for (const { userId } of this.holders.keys()) yield userId;
  }

  /** A full line: whoever has most in it gives up the last of it, for one who still has less afterwards. */
  private makeRoomFor(userId: string): boolean {
    const heaviest = this.line.heaviest();
    if (!heaviest || heaviest.count <= this.line.sizeOf(userId) + 1) return false;
    const displaced = this.line.newestOf(heaviest.user)!;
    this.line.remove(heaviest.user, displaced);
    this.lanes.delete(displaced);
    displaced.displaced(this);
    return true;
  }
}
