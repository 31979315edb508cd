import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { BillingModule } from '../billing/billing.module.js';
import { LimitsModule } from '../limits/limits.module.js';
import { OrchestratorModule } from '../orchestrator/orchestrator.module.js';
import { CompletionsService } from './completions.service.js';
import { CreditHolds } from './credit-holds.service.js';
import { DetachedAnswers } from './detached-answers.js';
import { LogFollower } from './log-follower.js';
import { RunningAnswers } from './running-answers.js';

/** Requests and their answers: held, routed, logged, charged and watched. */
@Module({
  imports: [AuditModule, BillingModule, LimitsModule, OrchestratorModule],
  providers: [CompletionsService, CreditHolds, DetachedAnswers, LogFollower, RunningAnswers],
  exports: [CompletionsService, RunningAnswers],
})
export class CompletionsModule {}
