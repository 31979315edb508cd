import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { RolesModule } from '../auth/roles.module.js';
import { BillingModule } from '../billing/billing.module.js';
import { Ledger } from '../billing/ledger/ledger.js';
import { EventsModule } from '../events/events.module.js';
import { LimitsModule } from '../limits/limits.module.js';
import { OrchestratorModule } from '../orchestrator/orchestrator.module.js';
import { ControlBus } from '../queue/control-bus.js';
import { ControlBusModule } from '../queue/control-bus.module.js';
import { QueueModule } from '../queue/queue.module.js';
import { AbandonedHolds } from './abandoned-holds.js';
import { AnswerReports } from './answer-report.js';
import { AnswerStarts } from './answer-starts.service.js';
import { BackgroundQueue } from './background/background-queue.service.js';
import { BackgroundRequests } from './background/background-requests.js';
import { ResponseCache } from './cache/response-cache.service.js';
import { ModelCatalogue } from './catalogue/model-catalogue.js';
import { CompletionsService } from './completions.service.js';
import { CreditHolds } from './credit-holds.service.js';
import { DetachedAnswers } from './detached-answers.js';
import { LogFollower } from './log-follower.js';
import { PricedRoutes } from './priced-routes.js';
import { RequestEstimates } from './request-estimates.service.js';
import { RunningAnswers } from './running-answers.js';
import { StreamMemory } from './stream-memory.js';
import { StopRequests } from './stop-requests.js';

/** Requests and their answers: held, routed, logged, charged and watched. */
@Module({
  imports: [
    AuditModule,
    BillingModule,
    ControlBusModule,
    EventsModule,
    LimitsModule,
    OrchestratorModule,
    QueueModule.register('requests'),
    RolesModule,
  ],
  providers: [
    AbandonedHolds,
    AnswerReports,
    AnswerStarts,
    CompletionsService,
    CreditHolds,
    DetachedAnswers,
    LogFollower,
    ModelCatalogue,
    PricedRoutes,
    BackgroundQueue,
    BackgroundRequests,
    ResponseCache,
    RequestEstimates,
    RunningAnswers,
    StreamMemory,
    {
      provide: StopRequests,
      inject: [Ledger, RunningAnswers, ControlBus],
      useFactory: (ledger: Ledger, running: RunningAnswers, bus: ControlBus) => new StopRequests(ledger, running, bus),
    },
  ],
  exports: [
    AnswerReports,
    BackgroundQueue,
    CompletionsService,
    DetachedAnswers,
    ModelCatalogue,
    PricedRoutes,
    RequestEstimates,
    ResponseCache,
    RunningAnswers,
    StreamMemory,
  ],
})
export class CompletionsModule {}
