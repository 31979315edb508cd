import { Module } from '@nestjs/common';
import { MaintenanceModule } from '../maintenance/maintenance.module.js';
import { QueueWatch } from '../queue/queue-watch.js';
import { QueueModule } from '../queue/queue.module.js';
import { VideoPunctuality } from '../video/punctuality/video-punctuality.service.js';
import { AlertSamplerModule } from './alert-sampler.module.js';
import { AuditFindings } from './audit-findings.js';
import { AlertDeliveries } from './delivery/alert-deliveries.service.js';
import { AlertQueue } from './delivery/alert-queue.service.js';
import { AlertsProcessor } from './delivery/alerts.processor.js';
import { NotificationsStore } from './delivery/notifications.store.js';
import { WebhookSender } from './delivery/webhook-sender.js';
import { AlertMeasures } from './measures/alert-measures.js';
import { LedgerMeasures } from './measures/ledger-measures.js';
import { RequestMeasures } from './measures/request-measures.js';
import { TrailMeasures } from './measures/trail-measures.js';
import { AlertEvaluator } from './states/alert-evaluator.service.js';
import { AlertsStore } from './states/alerts.store.js';

/** Raises alerts and tells of them, in the processes that run jobs. */
@Module({
  imports: [AlertSamplerModule, MaintenanceModule, QueueModule.register('alerts')],
  providers: [
    AlertDeliveries,
    AlertEvaluator,
    AlertMeasures,
    AlertQueue,
    AlertsProcessor,
    AlertsStore,
    AuditFindings,
    LedgerMeasures,
    NotificationsStore,
    QueueWatch,
    RequestMeasures,
    TrailMeasures,
    VideoPunctuality,
    WebhookSender,
  ],
})
export class AlertsModule {}
