import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Identity } from '../../auth/identity.js';
import { nameOfStream, type StreamKey } from '../../billing/ledger/ledger-operations.js';
import { QUEUE_OWNER, QueueLedger } from '../../billing/ledger/queue-ledger.js';
import type { StoredRequest } from '../../billing/ledger/stream-log.js';
import { GatewayError } from '../../common/errors/gateway-error.js';
import type { LogFields } from '../../common/logging/log-fields.js';
import { ENVIRONMENT } from '../../config/config.module.js';
import type { Environment } from '../../config/environment.js';
import { orUnavailable } from '../../database/or-unavailable.js';
import { eventFrame } from '../../events/event-frame.js';
import { UserEventHub } from '../../events/user-events.js';
import type { AnswerJob } from '../answer-job.js';
import type { RequestWatcher } from '../completion-request.js';
import { CreditHolds } from '../credit-holds.service.js';
import { cancelled } from '../stop-requests.js';
import { unansweredEnd } from '../unanswered-end.js';
import { BackgroundQueue } from './background-queue.service.js';

/** What one user, and what all users together, may have waiting. */
const MOST_PER_USER = 1_000;
const MOST_WAITING = 10_000;
/** How long a request of one's own takes, before anything is known of it; for the hint `retryAfterMs`. */
const USUAL_ANSWER_MS = 5_000;

/** Durable requests: held, queued and only then acknowledged; answered by whichever worker is there. */
@Injectable()
export class BackgroundRequests {
  private readonly logger = new Logger(BackgroundRequests.name);
  private readonly concurrency: number;
  private readonly accepting = new Map<string, Promise<void>>();

  constructor(
    @Inject(QueueLedger) private readonly ledger: QueueLedger,
    @Inject(CreditHolds) private readonly holds: CreditHolds,
    @Inject(BackgroundQueue) private readonly queue: BackgroundQueue,
    @Inject(UserEventHub) private readonly events: UserEventHub,
    @Inject(ENVIRONMENT) { background }: Environment,
  ) {
    this.concurrency = background.concurrency;
  }

  /**
   * Holds the credits and queues the job; `watcher` is told that it is queued. The same request again queues nothing new,
   * and mends what was interrupted between the two.
   * @throws GatewayError as CreditHolds.hold; QUEUE_OVERFLOW, LIMIT_EXCEEDED with nothing stored; UNAVAILABLE where the
   *   job could not be queued: the hold stays for a repeat, or is given back in some minutes
   */
  async submit(identity: Pick<Identity, 'userId' | 'roles'>, job: AnswerJob, watcher: RequestWatcher): Promise<void> {
    const name = nameOfStream(job.key);
    const accepting = this.accept(identity, job, watcher);
    const settled = accepting.catch(() => undefined);
    this.accepting.set(name, settled);
    await accepting.finally(() => {
      if (this.accepting.get(name) === settled) this.accepting.delete(name);
    });
  }

  /** Resolves when a request that is being accepted here has a hold, or has been refused; undefined: there is none. */
  settled(key: StreamKey): Promise<void> | undefined {
    return this.accepting.get(nameOfStream(key));
  }

  /** Ends a request that no worker has begun; one that has is stopped by its worker, which the ledger tells. */
  async cancel(userId: string, id: string, key: StreamKey, { terms }: StoredRequest): Promise<void> {
    try {
      if (!(await this.queue.withdraw(key))) return;
    } catch (error) {
      const about: LogFields = { requestId: id };
      this.logger.warn(`A cancelled request could not be taken out of the queue: ${(error as Error).message}`, about);
      return;
    }
    const subject = { id, model: String(terms['model']), provider: String(terms['provider']) };
    await orUnavailable(this.ledger.finish(unansweredEnd(key, subject, cancelled())));
    this.events.publish(userId, 'requests', 'request.done', { requestId: id, status: 'error' });
  }

  private async accept(
    { userId, roles }: Pick<Identity, 'userId' | 'roles'>,
    job: AnswerJob,
    watcher: RequestWatcher,
  ): Promise<void> {
    const [ownWaiting, allWaiting] = await Promise.all([
      orUnavailable(this.ledger.countPending(job.key.accountId)),
      this.queue.countWaiting(),
    ]);
    this.assertRoom(ownWaiting, allWaiting);
    const { status, owner } = await this.holds.holdDurably(userId, job);
    if (status !== 'pending' || owner !== QUEUE_OWNER) return;
    // Fair between users: what one has waiting already comes after another's first.
    await this.queue.add(job.key, { userId, roles, request: JSON.stringify(job.request) }, ownWaiting + 1);
    const data = { requestId: job.request.id, position: allWaiting + 1, retryAfterMs: this.expectedMs(allWaiting) };
    watcher.announce(eventFrame(job.request.id, { channel: 'requests', event: 'request.queued', data }));
  }

  private assertRoom(ownWaiting: number, allWaiting: number): void {
    if (ownWaiting >= MOST_PER_USER) {
      throw new GatewayError(
        'LIMIT_EXCEEDED',
        `At most ${MOST_PER_USER} requests of a user may wait in the background.`,
        {
          retryAfterMs: USUAL_ANSWER_MS,
        },
      );
    }
    if (allWaiting >= MOST_WAITING) {
      throw new GatewayError('QUEUE_OVERFLOW', 'Too many requests wait in the background.', {
        retryAfterMs: this.expectedMs(allWaiting),
      });
    }
  }

  private expectedMs(waiting: number): number {
    return USUAL_ANSWER_MS * Math.ceil((waiting + 1) / this.concurrency);
  }
}
