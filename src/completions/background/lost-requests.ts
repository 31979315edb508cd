import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { clientIdOf } from '../../billing/ledger/ledger-operations.js';
import { QueueLedger, type PendingRequest } from '../../billing/ledger/queue-ledger.js';
import { RepeatingTask } from '../../billing/ledger/repeating-task.js';
import { GatewayError } from '../../common/errors/gateway-error.js';
import { cancelled } from '../stop-requests.js';
import { unansweredEnd } from '../unanswered-end.js';
import { BackgroundQueue } from './background-queue.service.js';

const LOOK_EVERY_MS = 30_000;
/** Whoever was told UNAVAILABLE may have its request queued by a repeat until then, in milliseconds. */
const GIVE_UP_AFTER_MS = 5 * 60_000;
const LARGEST_SWEEP = 200;

/**
 * Durable requests that are held but in no queue: the process died between the two, every try failed, or a Redis lost its
 * jobs. They end honestly and for nothing, rather than with their deadline.
 */
@Injectable()
export class LostRequests implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(LostRequests.name);
  private readonly task = new RepeatingTask(LOOK_EVERY_MS, () => this.sweep());

  constructor(
    @Inject(QueueLedger) private readonly ledger: QueueLedger,
    @Inject(BackgroundQueue) private readonly queue: BackgroundQueue,
  ) {}

  onApplicationBootstrap(): void {
    this.task.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.task.stop();
  }

  /** Looks once; some of many, at random, so that those that rightly wait do not hide the others. */
  async sweep(giveUpAfterMs = GIVE_UP_AFTER_MS): Promise<void> {
    for (const request of await this.ledger.somePending(giveUpAfterMs, LARGEST_SWEEP)) await this.look(request);
  }

  private async look({ model, provider, isToStop, ...key }: PendingRequest): Promise<void> {
    const isLost = isToStop ? await this.queue.withdraw(key) : !(await this.queue.has(key));
    if (!isLost) return;
    const id = clientIdOf(key);
    await this.ledger.finish(unansweredEnd(key, { id, model, provider }, isToStop ? cancelled() : lost()));
    if (!isToStop) this.logger.warn('A background request was in no queue any more; it was ended', { requestId: id });
  }
}

function lost(): GatewayError {
  return new GatewayError('UPSTREAM_LOST', 'The request could not be answered in the background; ask under a new id.');
}
