import { Module } from '@nestjs/common';
import { RolesModule } from '../../auth/roles.module.js';
import { BillingModule } from '../../billing/billing.module.js';
import { QueueLedger } from '../../billing/ledger/queue-ledger.js';
import { EventsModule } from '../../events/events.module.js';
import { OrchestratorModule } from '../../orchestrator/orchestrator.module.js';
import { ControlBus } from '../../queue/control-bus.js';
import { ControlBusModule } from '../../queue/control-bus.module.js';
import { CompletionsModule } from '../completions.module.js';
import { StopRequests } from '../stop-requests.js';
import { BackgroundAnswers } from './background-answers.js';
import { BackgroundProcessor } from './background.processor.js';
import { LostRequests } from './lost-requests.js';

/** What answers durable requests, in the processes that run jobs. */
@Module({
  imports: [BillingModule, CompletionsModule, ControlBusModule, EventsModule, OrchestratorModule, RolesModule],
  providers: [
    BackgroundAnswers,
    BackgroundProcessor,
    LostRequests,
    {
      provide: StopRequests,
      inject: [QueueLedger, BackgroundAnswers, ControlBus],
      useFactory: (ledger: QueueLedger, answers: BackgroundAnswers, bus: ControlBus) =>
        new StopRequests(ledger, answers, bus),
    },
  ],
})
export class BackgroundModule {}
