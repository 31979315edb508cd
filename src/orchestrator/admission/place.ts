import type { GatewayError } from '../../common/errors/gateway-error.js';
import type { Lane } from './model-lane.js';
import type { ProviderSlots, SlotSeeker } from './provider-slots.js';
import { queueOverflow } from './queue-overflow.js';

/** Timers fire up to a millisecond early: what is left of a wait then is none. */
const LEAST_WAIT_MS = 1;

/** Who is told of requests that wait. */
export interface WaitObserver {
  waits(): void;
  /** It waited, and has a slot now. */
  admitted(seeker: SlotSeeker): void;
}

/**
 * Where one request stands with the providers: it holds a slot of one of them, waits in the lines of one or more, or has
 * neither. It has at most one slot, and `leave` gives up whatever it has.
 */
export class Place implements SlotSeeker {
  private holding: ProviderSlots | undefined;
  private lines: ProviderSlots[] = [];
  private waitingSinceMs = 0;
  private timer: NodeJS.Timeout | undefined;
  private refusal: GatewayError | undefined;
  private wake: (() => void) | undefined;

  /** @param patienceMs how long the request may wait in all, however often it has to */
  constructor(
    readonly userId: string,
    readonly requestId: string,
    private patienceMs: number,
    private readonly observer: WaitObserver,
  ) {}

  /** Whether it neither holds a slot nor waits for one. */
  get isIdle(): boolean {
    return !this.holding && this.lines.length === 0 && !this.refusal;
  }

  /** Whether what it holds or waits for at a provider is for this lane's models. */
  isFor(slots: ProviderSlots, lane: Lane): boolean {
    return slots.isFor(this, lane);
  }

  /** The provider of which it holds a slot. */
  get providerId(): string | undefined {
    return this.holding?.providerId;
  }

  /**
   * Takes the first free slot; where there is none, waits.
   * @param candidates in the order of preference
   * @param isAnyWelcome true: in every line, for whichever slot is free first; false: in the first line with room
   * @param laneAt the lane of the model that it would ask a provider for
   * @throws GatewayError QUEUE_OVERFLOW where no line has room
   */
  enter(
    candidates: readonly ProviderSlots[],
    isAnyWelcome: boolean,
    laneAt: (slots: ProviderSlots) => Lane = () => undefined,
  ): void {
    for (const choice of isAnyWelcome ? [candidates] : candidates.map((each) => [each])) {
      this.holding = choice.find((slots) => slots.take(this, laneAt(slots)));
      if (this.holding) return;
      if (this.patienceMs >= LEAST_WAIT_MS) this.lines = choice.filter((slots) => slots.wait(this, laneAt(slots)));
      if (this.lines.length > 0) return this.beginWaiting();
    }
    throw overflow(candidates, this.userId);
  }

  /**
   * The provider of which it holds a slot, once it does; undefined: it left.
   * @throws GatewayError QUEUE_OVERFLOW where it waited too long, or had to give its place up
   */
  async admission(): Promise<string | undefined> {
    while (this.lines.length > 0) await new Promise<void>((resolve) => (this.wake = resolve));
    const { refusal } = this;
    this.refusal = undefined;
    if (refusal) throw refusal;
    return this.providerId;
  }

  /** Gives up the slot, or the places in the lines. */
  leave(): void {
    const { holding } = this;
    this.holding = undefined;
    this.refusal = undefined;
    this.stopWaiting();
    holding?.leave(this);
  }

  /** Gives up what it has of one provider. */
  withdraw(slots: ProviderSlots): void {
    if (this.holding === slots) return this.leave();
    if (!this.lines.includes(slots)) return;
    slots.leave(this);
    this.lines = this.lines.filter((line) => line !== slots);
    if (this.lines.length === 0) this.stopWaiting();
  }

  granted(slots: ProviderSlots): void {
    this.holding = slots;
    this.lines = this.lines.filter((line) => line !== slots);
    this.stopWaiting();
    this.observer.admitted(this);
  }

  displaced(slots: ProviderSlots): void {
    this.lines = this.lines.filter((line) => line !== slots);
    if (this.lines.length === 0) this.refuse([slots]);
  }

  private beginWaiting(): void {
    this.waitingSinceMs = performance.now();
    this.timer = setTimeout(() => this.refuse(this.lines), this.patienceMs);
    this.observer.waits();
  }

  private refuse(lines: readonly ProviderSlots[]): void {
    this.refusal = overflow(lines, this.userId);
    this.stopWaiting();
  }

  private stopWaiting(): void {
    if (!this.timer) return;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.patienceMs -= performance.now() - this.waitingSinceMs;
    const lines = this.lines;
    this.lines = [];
    for (const line of lines) line.leave(this);
    this.wake?.();
    this.wake = undefined;
  }
}

function overflow(lines: readonly ProviderSlots[], userId: string): GatewayError {
  return queueOverflow(Math.min(...lines.map((line) => line.retryAfterMs(userId))));
}
