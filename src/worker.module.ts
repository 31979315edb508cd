import { Module, type DynamicModule } from '@nestjs/common';
import { AlertsModule } from './alerts/alerts.module.js';
import { BillingModule } from './billing/billing.module.js';
import { BackgroundModule } from './completions/background/background.module.js';
import { ConfigModule } from './config/config.module.js';
import type { Environment } from './config/environment.js';
import { DatabaseModule } from './database/database.module.js';
import { EventsModule } from './events/events.module.js';
import { MaintenanceModule } from './maintenance/maintenance.module.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { QueueModule } from './queue/queue.module.js';
import { UsageRollerModule } from './usage/usage-roller.module.js';
import { TracingModule } from './tracing/tracing.module.js';
import { VideoStepsModule } from './video/video-steps.module.js';
import { WorkflowStepsModule } from './video/workflow/workflow-steps.module.js';

/**
 * The worker: jobs, housekeeping and the reaper (it finishes lost streams even while no gateway is left). It has no door
 * but the one of its metrics.
 */
@Module({})
export class WorkerModule {
  static forRoot(environment: Environment): DynamicModule {
    return {
      module: WorkerModule,
      imports: [
        ConfigModule.forRoot(environment),
        DatabaseModule.forRoot(),
        QueueModule.forRoot(),
        AlertsModule,
        BackgroundModule,
        BillingModule,
        EventsModule,
        MaintenanceModule,
        MetricsModule.forWorker(),
        TracingModule.forRoot(environment),
        UsageRollerModule,
        VideoStepsModule,
        WorkflowStepsModule,
      ],
    };
  }
}
