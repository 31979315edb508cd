import { Inject, Injectable } from '@nestjs/common';
import { orUnavailable } from '../../database/or-unavailable.js';
import { ControlBus } from '../../queue/control-bus.js';
import { isStepOver, type WorkflowStepRecord } from './workflow-step.js';
import { WorkflowStore } from './workflow.store.js';

/** The doorbell may be lost. */
const LOOK_EVERY_MS = 500;

/** Waits for steps that other processes run. */
@Injectable()
export class StepWait {
  constructor(
    @Inject(WorkflowStore) private readonly workflows: WorkflowStore,
    @Inject(ControlBus) private readonly bus: ControlBus,
  ) {}

  /**
   * The enhancement as it is when it is over, or when the time is.
   * @param untilMs by performance.now()
   * @throws GatewayError UNAVAILABLE
   */
  async enhanced(workflowId: string, untilMs: number): Promise<WorkflowStepRecord> {
    let wake: () => void = () => undefined;
    const stopListening = this.bus.on('workflow-step', (message) => {
      if (message.workflowId === workflowId) wake();
    });
    try {
      for (;;) {
        const rung = new Promise<void>((resolve) => (wake = resolve));
        const step = (await orUnavailable(this.workflows.findStep(workflowId, 'enhance')))!;
        const leftMs = untilMs - performance.now();
        if (isStepOver(step) || leftMs <= 0) return step;
        await within(rung, Math.min(leftMs, LOOK_EVERY_MS));
      }
    } finally {
      stopListening();
    }
  }
}

async function within(bell: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([bell, new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)))]);
  clearTimeout(timer);
}
