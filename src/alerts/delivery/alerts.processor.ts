import { Inject } from '@nestjs/common';
import { JobHost, ProcessesJobs } from '../../queue/job-host.js';
import type { JobOf } from '../../queue/typed-queue.js';
import { AlertDeliveries } from './alert-deliveries.service.js';

/** A webhook that hangs must not keep the others waiting. */
const AT_ONCE = 10;

/** Sends what alerts have to tell. */
@ProcessesJobs('alerts', { concurrency: AT_ONCE })
export class AlertsProcessor extends JobHost<'alerts'> {
  constructor(@Inject(AlertDeliveries) private readonly deliveries: AlertDeliveries) {
    super();
  }

  async process({ data }: JobOf<'alerts'>): Promise<void> {
    await this.deliveries.deliver(data.notificationId);
  }
}
