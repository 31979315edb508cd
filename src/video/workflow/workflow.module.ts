import { Module } from '@nestjs/common';
import { AuthModule } from '../../auth/auth.module.js';
import { LimitsModule } from '../../limits/limits.module.js';
import { ControlBusModule } from '../../queue/control-bus.module.js';
import { VideoPlanner } from '../plan/video-planner.js';
import { VideoTimes } from '../store/video-times.store.js';
import { StepWait } from './step-wait.js';
import { WorkflowCoreModule } from './workflow-core.module.js';
import { WorkflowInputs } from './workflow-inputs.service.js';
import { WorkflowController } from './workflow.controller.js';
import { Workflows } from './workflows.service.js';

/** The routes of video workflows. */
@Module({
  imports: [AuthModule, ControlBusModule, LimitsModule, WorkflowCoreModule],
  controllers: [WorkflowController],
  providers: [StepWait, VideoPlanner, VideoTimes, WorkflowInputs, Workflows],
})
export class WorkflowModule {}
