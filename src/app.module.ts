import { Module, type DynamicModule } from '@nestjs/common';
import { AccountModule } from './account/account.module.js';
import { AdminModule } from './admin/admin.module.js';
import { AlertSamplerModule } from './alerts/alert-sampler.module.js';
import { AlertsModule } from './alerts/alerts.module.js';
import { AuthModule } from './auth/auth.module.js';
import { CatalogueModule } from './catalogue/catalogue.module.js';
import { BackgroundModule } from './completions/background/background.module.js';
import { CompatModule } from './compat/compat.module.js';
import { ConfigModule } from './config/config.module.js';
import type { Environment } from './config/environment.js';
import { DatabaseModule } from './database/database.module.js';
import { HealthModule } from './health/health.module.js';
import { MaintenanceModule } from './maintenance/maintenance.module.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { MediaRouteModule } from './media/media-route.module.js';
import { gatewayRunsJobs } from './queue/job-placement.js';
import { QueueModule } from './queue/queue.module.js';
import { readRequestBody } from './streaming/protocol/read-request-body.js';
import { StreamingModule } from './streaming/streaming.module.js';
import { UsageRollerModule } from './usage/usage-roller.module.js';
import { TracingModule } from './tracing/tracing.module.js';
import { VideoCoreModule } from './video/video-core.module.js';
import { VideoApiModule } from './video/api/video-api.module.js';
import { VideoStepsModule } from './video/video-steps.module.js';
import { WorkflowStepsModule } from './video/workflow/workflow-steps.module.js';
import { WorkflowModule } from './video/workflow/workflow.module.js';

/** The gateway: what a client, an operator and an orchestrator of containers can reach. */
@Module({})
export class AppModule {
  static forRoot(environment: Environment): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.forRoot(environment),
        DatabaseModule.forRoot(),
        QueueModule.forRoot(),
        AuthModule,
        StreamingModule,
        CompatModule,
        AccountModule,
        CatalogueModule.register(readRequestBody),
        AdminModule,
        VideoApiModule,
        MediaRouteModule.register(VideoCoreModule),
        HealthModule,
        MetricsModule.forGateway(gatewayRunsJobs(environment)),
        TracingModule.forRoot(environment),
        WorkflowModule,
        AlertSamplerModule,
        ...(gatewayRunsJobs(environment)
          ? [
              AlertsModule,
              BackgroundModule,
              MaintenanceModule,
              UsageRollerModule,
              VideoStepsModule,
              WorkflowStepsModule,
            ]
          : []),
      ],
    };
  }
}
