import { Module } from '@nestjs/common';
import { OrchestratorModule } from '../../orchestrator/orchestrator.module.js';
import { ControlBusModule } from '../../queue/control-bus.module.js';
import { EnhanceStep } from './enhance/enhance.step.js';
import { PromptEnhancer } from './enhance/prompt-enhancer.service.js';
import { LostWorkflows } from './lost-workflows.service.js';
import { WorkflowCoreModule } from './workflow-core.module.js';
import { WorkflowsProcessor } from './workflows.processor.js';

/** What brings workflows on, in the processes that run jobs. */
@Module({
  imports: [ControlBusModule, OrchestratorModule, WorkflowCoreModule],
  providers: [EnhanceStep, LostWorkflows, PromptEnhancer, WorkflowsProcessor],
})
export class WorkflowStepsModule {}
