import type { UserEventHub } from '../../events/user-events.js';
import type { WaitObserver } from './place.js';
import type { ProviderSlots, SlotSeeker } from './provider-slots.js';

/** Who waits less than this hears nothing of it, in milliseconds. */
const FIRST_LOOK_MS = 200;
/** How often a client is told of its place at most, in milliseconds. */
const BETWEEN_NEWS_MS = 1_000;
/** Timers may fire a little early. */
const TIMER_SLACK_MS = 5;

interface Standing {
  position: number;
  retryAfterMs: number;
}

/**
 * Tells users where their requests stand: `request.queued` when one has to wait and while its place changes, then
 * `request.waiting` when it has its slot. The lines are gone through as a whole, now and then, never per request.
 */
export class QueueAnnouncer implements WaitObserver {
  /** What was last told of each, and when. */
  private told = new Map<SlotSeeker, { position: number; atMs: number }>();
  private timer: NodeJS.Timeout | undefined;
  private looksAtMs = Infinity;

  /** @param providers everyone's slots, those included that come later */
  constructor(
    private readonly events: Pick<UserEventHub, 'publish' | 'isListening'>,
    private readonly providers: () => Iterable<ProviderSlots>,
  ) {}

  waits(): void {
    this.lookWithin(FIRST_LOOK_MS);
  }

  admitted(seeker: SlotSeeker): void {
    if (!this.told.delete(seeker)) return;
    this.events.publish(seeker.userId, 'requests', 'request.waiting', { requestId: seeker.requestId });
  }

  /** Tells nobody anything any more. */
  stop(): void {
    clearTimeout(this.timer);
  }

  private lookWithin(pauseMs: number): void {
    const atMs = performance.now() + pauseMs;
    if (atMs >= this.looksAtMs) return;
    clearTimeout(this.timer);
    this.looksAtMs = atMs;
    this.timer = setTimeout(() => this.look(), pauseMs).unref();
  }

  private look(): void {
    const nowMs = performance.now();
    const told: typeof this.told = new Map();
    for (const [seeker, standing] of this.standings()) told.set(seeker, this.tell(seeker, standing, nowMs));
    this.told = told;
    this.looksAtMs = Infinity;
    if (told.size > 0) this.lookWithin(BETWEEN_NEWS_MS);
  }

  /** Where everyone stands who waits: in the line that is shortest for it. */
  private standings(): Map<SlotSeeker, Standing> {
    const standings = new Map<SlotSeeker, Standing>();
    for (const slots of this.providers()) {
      let position = 0;
      for (const seeker of slots.inLine()) {
        const standing = { position: ++position, retryAfterMs: slots.waitMs(position) };
        const known = standings.get(seeker);
        if (!known || standing.retryAfterMs < known.retryAfterMs) standings.set(seeker, standing);
      }
    }
    return standings;
  }

  /** The first word goes to every node; what follows only to those who listen at this one, as it may be much. */
  private tell(seeker: SlotSeeker, { position, retryAfterMs }: Standing, nowMs: number) {
    const { userId, requestId } = seeker;
    const last = this.told.get(seeker);
    const isNews = !last || (position !== last.position && nowMs - last.atMs >= BETWEEN_NEWS_MS - TIMER_SLACK_MS);
    if (!isNews || (last && !this.events.isListening(userId, 'requests'))) return last ?? { position, atMs: nowMs };
    this.events.publish(userId, 'requests', 'request.queued', { requestId, position, retryAfterMs });
    return { position, atMs: nowMs };
  }
}
