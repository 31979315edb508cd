import { Module } from '@nestjs/common';
import { QueueModule } from '../../queue/queue.module.js';
import { VideoCoreModule } from '../video-core.module.js';
import { GenerateStep } from './generate.step.js';
import { WORKFLOW_FLOWS, WorkflowQueue } from './workflow-queue.service.js';
import { WorkflowStore } from './workflow.store.js';

/** Workflows as both sides know them: the route that begins them, and the steps that bring them on. */
@Module({
  imports: [VideoCoreModule, QueueModule.register('video-workflows'), QueueModule.registerFlows(WORKFLOW_FLOWS)],
  providers: [GenerateStep, WorkflowQueue, WorkflowStore],
  exports: [VideoCoreModule, GenerateStep, WorkflowQueue, WorkflowStore],
})
export class WorkflowCoreModule {}
