import { Module } from '@nestjs/common';
import { AuthModule } from '../../auth/auth.module.js';
import { LimitsModule } from '../../limits/limits.module.js';
import { ControlBusModule } from '../../queue/control-bus.module.js';
import { VideoEstimateController } from '../estimate/video-estimate.controller.js';
import { VideoEstimates } from '../estimate/video-estimates.service.js';
import { VideoPlanner } from '../plan/video-planner.js';
import { StepWait } from './step-wait.js';
import { WorkflowCoreModule } from './workflow-core.module.js';
import { WorkflowInputs } from './workflow-inputs.service.js';
import { WorkflowController } from './workflow.controller.js';
import { Workflows } from './workflows.service.js';

/** The routes of video workflows, and of what they would cost. */
@Module({
  imports: [AuthModule, ControlBusModule, LimitsModule, WorkflowCoreModule],
  controllers: [VideoEstimateController, WorkflowController],
  providers: [StepWait, VideoEstimates, VideoPlanner, WorkflowInputs, Workflows],
})
export class WorkflowModule {}
