import { InjectQueue } from '@nestjs/bullmq';
import { Injectable } from '@nestjs/common';
import { enqueue, type QueueOf } from '../../queue/typed-queue.js';

/** The database knows what was tried and what is to be tried again. */
const OPTIONS = { attempts: 1, removeOnComplete: true, removeOnFail: true };

/** Attempts to tell a webhook as jobs. Each is known by its number, so that asking for one twice makes one. */
@Injectable()
export class AlertQueue {
  constructor(@InjectQueue('alerts') private readonly queue: QueueOf<'alerts'>) {}

  /** @param attempts that were made before @throws GatewayError UNAVAILABLE */
  async add(notificationId: string, attempts: number, delayMs = 0): Promise<void> {
    const options = { ...OPTIONS, jobId: `${notificationId}-${attempts}`, delay: delayMs };
    await enqueue(this.queue, 'deliver', { notificationId }, options);
  }
}
