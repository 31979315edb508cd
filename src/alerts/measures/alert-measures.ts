import { Inject, Injectable, Logger } from '@nestjs/common';
import { answerWithin } from '../../common/answer-within.js';
import { RareWarning } from '../../common/logging/rare-warning.js';
import type { AlertName, AlertRule } from '../../config/gateway-config/alert-rules.js';
import type { AlertSettings } from '../../config/gateway-config/alert-settings.js';
import { QueueWatch } from '../../queue/queue-watch.js';
import { VideoPunctuality } from '../../video/punctuality/video-punctuality.service.js';
import { LedgerMeasures } from './ledger-measures.js';
import type { Reading, Readings } from './reading.js';
import { RequestMeasures } from './request-measures.js';
import { TrailMeasures } from './trail-measures.js';

/** A Redis that is away is another alert's affair. */
const QUEUES_WITHIN_MS = 3_000;

type Measure = (rule: AlertRule, objective: number) => Promise<Reading[]>;

/** How each rule's readings are had. */
@Injectable()
export class AlertMeasures {
  private readonly warning = new RareWarning(new Logger(AlertMeasures.name));
  private readonly measures: Readonly<Record<AlertName, Measure>>;

  constructor(
    @Inject(RequestMeasures) requests: RequestMeasures,
    @Inject(LedgerMeasures) ledger: LedgerMeasures,
    @Inject(TrailMeasures) trail: TrailMeasures,
    @Inject(QueueWatch) queues: QueueWatch,
    @Inject(VideoPunctuality) videos: VideoPunctuality,
  ) {
    this.measures = {
      ProviderFailing: ({ windowMs }) => requests.failingProviders(windowMs),
      ResponsesSlow: ({ windowMs }) => requests.responseTimes(windowMs),
      RequestsFailing: ({ windowMs }) => requests.failingRequests(windowMs),
      QueueLong: async () => [...(await jobQueues(queues)), ...(await requests.providerQueues())],
      BreakerOpen: ({ windowMs }) => requests.openBreakers(windowMs),
      AvailabilityBurningFast: ({ windowMs }, objective) => requests.burnRate(windowMs, objective),
      AvailabilityBurningSlowly: ({ windowMs }, objective) => requests.burnRate(windowMs, objective),
      LedgerUnbalanced: () => ledger.auditFindings(),
      ChargesShort: ({ windowMs }) => ledger.shortCharges(windowMs),
      HoldsOverdue: () => ledger.overdueHolds(),
      TokensUnpriced: ({ windowMs }) => ledger.unpricedTokens(windowMs),
      TrailBroken: () => trail.faults(),
      TrailUnsealed: () => trail.unsealedAge(),
      TrailUnverified: () => trail.age(),
      VideosLate: ({ windowMs }) => lateVideos(videos, windowMs),
    };
  }

  /** Of the rules that are on. What can't be read is logged and left out. */
  async read({ rules, objective }: AlertSettings): Promise<Readings> {
    const readings = new Map<AlertName, readonly Reading[]>();
    for (const [name, rule] of rules) {
      try {
        readings.set(name, await this.measures[name](rule, objective));
      } catch (error) {
        this.warning.warn(`The alert ${name} can not be judged for now: ${(error as Error).message}`);
      }
    }
    return readings;
  }
}

/** Jobs that wait for a worker; those that wait for their time, such as the next question about a video, do not. */
async function jobQueues(queues: QueueWatch): Promise<Reading[]> {
  const figures = await answerWithin(queues.figures(), QUEUES_WITHIN_MS);
  return figures.map(({ queue, waiting }) => ({ labels: { queue }, value: waiting, volume: waiting }));
}

async function lateVideos(videos: VideoPunctuality, windowMs: number): Promise<Reading[]> {
  const { late, completed, underWay } = await videos.figures(windowMs);
  return [{ labels: {}, value: late, volume: completed + underWay }];
}
