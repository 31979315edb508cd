import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { AlertPagesModule } from '../alerts/alert-pages.module.js';
import { AlertSamplerModule } from '../alerts/alert-sampler.module.js';
import { LedgerMeasures } from '../alerts/measures/ledger-measures.js';
import { TrailMeasures } from '../alerts/measures/trail-measures.js';
import { AuditModule } from '../audit/audit.module.js';
import { BillingModule } from '../billing/billing.module.js';
import { CompletionsModule } from '../completions/completions.module.js';
import { MaintenanceModule } from '../maintenance/maintenance.module.js';
import { OrchestratorModule } from '../orchestrator/orchestrator.module.js';
import { QueueWatch } from '../queue/queue-watch.js';
import { StreamingModule } from '../streaming/streaming.module.js';
import { UsageLag } from '../usage/usage-lag.js';
import { VideoPunctuality } from '../video/punctuality/video-punctuality.service.js';
import { VideoCoreModule } from '../video/video-core.module.js';
import { AlertMetrics } from './alert-metrics.js';
import { AnswerLog } from './answer-log.js';
import { AnswerMetrics } from './answer-metrics.js';
import { AuditMetrics } from './audit-metrics.js';
import { DatabaseMetrics } from './database-metrics.js';
import { Gathering } from './gathering.js';
import { HoldMetrics } from './hold-metrics.js';
import { HttpMetrics } from './http-metrics.js';
import { MetricsController } from './metrics.controller.js';
import { MetricsRegistry } from './metrics-registry.js';
import { MetricsServer } from './metrics-server.js';
import { ModelNames } from './model-names.js';
import { ProviderMetrics } from './provider-metrics.js';
import { QueueMetrics } from './queue-metrics.js';
import { SocketMetrics } from './socket-metrics.js';
import { StreamMetrics } from './stream-metrics.js';
import { TrailMetrics } from './trail-metrics.js';
import { UsageLagMetrics } from './usage-lag-metrics.js';
import { UsageMetrics } from './usage-metrics.js';
import { VideoMetrics } from './video-metrics.js';

const IMPORTS = [
  AlertPagesModule,
  AlertSamplerModule,
  AuditModule,
  BillingModule,
  CompletionsModule,
  OrchestratorModule,
  VideoCoreModule,
];
const PROVIDERS = [
  AlertMetrics,
  AnswerLog,
  AnswerMetrics,
  DatabaseMetrics,
  Gathering,
  HoldMetrics,
  LedgerMeasures,
  MetricsRegistry,
  ModelNames,
  ProviderMetrics,
  QueueMetrics,
  QueueWatch,
  StreamMetrics,
  TrailMeasures,
  TrailMetrics,
  UsageLag,
  UsageLagMetrics,
  UsageMetrics,
  VideoMetrics,
  VideoPunctuality,
];

/**
 * What can be counted and measured, for Prometheus. The rooms don't know of it: it reads their figures and observes what
 * they tell.
 */
@Module({})
export class MetricsModule {
  /** GET /metrics. @param runsJobs the process does the housekeeping too */
  static forGateway(runsJobs: boolean): DynamicModule {
    const module = metricsModule(runsJobs, [HttpMetrics, SocketMetrics], [StreamingModule]);
    return { ...module, controllers: [MetricsController] };
  }

  /** A door of its own, where METRICS_PORT is set. */
  static forWorker(): DynamicModule {
    return metricsModule(true, [MetricsServer], []);
  }
}

function metricsModule(runsJobs: boolean, providers: Type[], imports: Type[]): DynamicModule {
  return {
    module: MetricsModule,
    imports: [...IMPORTS, ...imports, ...(runsJobs ? [MaintenanceModule] : [])],
    providers: [...PROVIDERS, ...providers, ...(runsJobs ? [AuditMetrics] : [])],
  };
}
