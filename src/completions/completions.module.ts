import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { BillingModule } from '../billing/billing.module.js';
import { LimitsModule } from '../limits/limits.module.js';
import { OrchestratorModule } from '../orchestrator/orchestrator.module.js';
import { AbandonedHolds } from './abandoned-holds.js';
import { CompletionsService } from './completions.service.js';
import { CreditHolds } from './credit-holds.service.js';
import { DetachedAnswers } from './detached-answers.js';
import { LogFollower } from './log-follower.js';
import { PricedRoutes } from './priced-routes.js';
import { RunningAnswers } from './running-answers.js';

/** Requests and their answers: held, routed, logged, charged and watched. */
@Module({
  imports: [AuditModule, BillingModule, LimitsModule, OrchestratorModule],
  providers: [
    AbandonedHolds,
    CompletionsService,
    CreditHolds,
    DetachedAnswers,
    LogFollower,
    PricedRoutes,
    RunningAnswers,
  ],
  exports: [CompletionsService, RunningAnswers],
})
export class CompletionsModule {}
