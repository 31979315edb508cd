import { Module } from '@nestjs/common';
import { AlertPagesModule } from '../alerts/alert-pages.module.js';
import { AuditKeysModule } from '../audit/audit-keys.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { AuthModule } from '../auth/auth.module.js';
import { BillingModule } from '../billing/billing.module.js';
import { OrchestratorModule } from '../orchestrator/orchestrator.module.js';
import { ProvidersModule } from '../providers/providers.module.js';
import { UsageModule } from '../usage/usage.module.js';
import { AdministeredVideos } from '../video/store/administered-videos.store.js';
import { VideoActivities } from '../video/store/video-activity.store.js';
import { PrivacyModule } from '../privacy/privacy.module.js';
import { AccountAdministration } from './account-administration.js';
import { AdminAlertsController } from './alerts.controller.js';
import { AdminAccountsController } from './accounts.controller.js';
import { AuditController } from './audit.controller.js';
import { AuditReading } from './audit-reading.js';
import { AdminConfigController } from './config.controller.js';
import { LimitAdministration } from './limit-administration.js';
import { AdminLimitsController } from './limits.controller.js';
import { ProviderAdministration } from './provider-administration.js';
import { AdminProvidersController } from './providers.controller.js';
import { RevocationAdministration } from './revocation-administration.js';
import { AdminRevocationsController } from './revocations.controller.js';
import { AdminUsageController } from './usage.controller.js';
import { UserDataErasure } from './user-data-erasure.js';
import { AdminUsersController } from './users.controller.js';
import { VideoAdministration } from './video-administration.js';
import { AdminVideosController } from './videos.controller.js';

/** What administrators may do. */
@Module({
  imports: [
    AlertPagesModule,
    AuditKeysModule,
    AuditModule,
    AuthModule,
    BillingModule,
    OrchestratorModule,
    ProvidersModule,
    PrivacyModule,
    UsageModule,
  ],
  controllers: [
    AdminAccountsController,
    AdminAlertsController,
    AdminConfigController,
    AdminLimitsController,
    AdminProvidersController,
    AdminRevocationsController,
    AdminUsageController,
    AdminUsersController,
    AdminVideosController,
    AuditController,
  ],
  providers: [
    AccountAdministration,
    AdministeredVideos,
    AuditReading,
    LimitAdministration,
    ProviderAdministration,
    RevocationAdministration,
    UserDataErasure,
    VideoActivities,
    VideoAdministration,
  ],
})
export class AdminModule {}
