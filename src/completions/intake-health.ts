import { Inject, Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { RunningAnswers } from './running-answers.js';

/** Whether this node takes new work: while it drains, a load balancer should send it elsewhere. */
@Injectable()
export class IntakeHealth {
  constructor(
    @Inject(RunningAnswers) private readonly running: RunningAnswers,
    @Inject(HealthIndicatorService) private readonly indicators: HealthIndicatorService,
  ) {}

  check(): HealthIndicatorResult<'intake'> {
    const indicator = this.indicators.check('intake');
    const runningAnswers = this.running.size;
    return this.running.isAccepting
      ? indicator.up({ runningAnswers })
      : indicator.down({ message: 'The node is shutting down.', runningAnswers });
  }
}
