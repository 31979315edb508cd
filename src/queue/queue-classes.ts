import { Logger } from '@nestjs/common';
import { withBackend, type FlowProducerOptions, type QueueOptions, type WorkerOptions } from 'bullmq';
import { setTimeout as delay } from 'node:timers/promises';
import { answerWithin } from '../common/answer-within.js';
import { createQueueBackend } from './queue-backend.js';
import type { QueueConnection } from './queue-connection.js';

const { FlowProducer, Queue, Worker } = withBackend(createQueueBackend);

/**
 * A job that still runs then is left to another worker (it is redone there); so is a backend that is not there. A queue
 * whose jobs can't be redone says in its `closesWithinMs` how long they take.
 */
const WORKER_CLOSES_WITHIN_MS = 20_000;
const QUEUE_CLOSES_WITHIN_MS = 2_000;

const logger = new Logger('Queue');

/** BullMQ's queue on our backend. A lost connection is its own business (it connects again) and is logged. */
export class GatewayQueue extends Queue<unknown, unknown> {
  constructor(name: string, options: QueueOptions<QueueConnection>) {
    super(name, options);
    this.on('error', (error) => logger.warn(`Queue ${name}: ${error.message}`));
  }

  /** Never fails and always ends: a backend that is not there must not keep the process from shutting down. */
  override close(): Promise<void> {
    return closeWithin(() => super.close(), QUEUE_CLOSES_WITHIN_MS, this.name);
  }
}

/** What a worker may be told beside BullMQ's own options. */
export interface WorkerPatience {
  /** How long the jobs that run are waited for at a shutdown, in milliseconds. */
  closesWithinMs?: number;
}

/** BullMQ's worker on our backend; a JobHost logs its errors. */
export class GatewayWorker extends Worker<unknown, unknown> {
  /** Waits for the jobs that run; never fails and always ends. */
  override close(force = false): Promise<void> {
    const { closesWithinMs = WORKER_CLOSES_WITHIN_MS } = this.opts as WorkerOptions & WorkerPatience;
    return closeWithin(() => super.close(force), closesWithinMs, this.name);
  }

  /** BullMQ (6.7) pauses after a refused connection alone: after any other failure it would ask again at once, for ever. */
  protected override async moveToActive(token: string, name?: string) {
    try {
      return await super.moveToActive(token, name);
    } catch (error) {
      if (!this.closing) await delay(this.opts.runRetryDelay);
      throw error;
    }
  }
}

/** BullMQ's producer of flows on our backend: jobs that wait for others, in any queues. */
export class GatewayFlowProducer extends FlowProducer {
  constructor(options: FlowProducerOptions<QueueConnection>) {
    super(options);
    this.on('error', (error) => logger.warn(`Flows: ${error.message}`));
  }

  /** Never fails and always ends. */
  override close(): Promise<void> {
    return closeWithin(() => super.close(), QUEUE_CLOSES_WITHIN_MS, 'of flows');
  }

  /** What Nest's module calls behind `close`, which has closed the connection already. */
  override disconnect(): Promise<void> {
    return this.close();
  }
}

async function closeWithin(close: () => Promise<void>, withinMs: number, name: string): Promise<void> {
  try {
    await answerWithin(close(), withinMs);
  } catch (error) {
    logger.warn(`Queue ${name} was left open: ${(error as Error).message}`);
  }
}
