import { Inject, Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { answerWithin } from '../../common/answer-within.js';
import { VideoPunctuality, type VideoFigures } from './video-punctuality.service.js';

/** Load balancers ask every few seconds; the figures are of an hour. */
const FRESH_MS = 10_000;
/** Whoever asks whether the node is ready is not kept waiting by a database that is away. */
const ANSWER_WITHIN_MS = 1_000;
/** A share of late videos that is worth an operator's look. */
const MOST_LATE = 0.05;

/** Whether standard videos can be played soon enough after their order (VIDEO_LATE_MS). Late ones are no reason to take a node out. */
@Injectable()
export class VideosHealth {
  private known: { figures: VideoFigures; atMs: number } | undefined;

  constructor(
    @Inject(VideoPunctuality) private readonly punctuality: VideoPunctuality,
    @Inject(HealthIndicatorService) private readonly indicators: HealthIndicatorService,
  ) {}

  async check(): Promise<HealthIndicatorResult<'videos'>> {
    const indicator = this.indicators.check('videos');
    const figures = await this.figures();
    if (!figures) return indicator.degraded({ message: 'The figures can not be read.' });
    const areLate = figures.late > (figures.completed + figures.underWay) * MOST_LATE;
    return areLate ? indicator.degraded({ ...figures }) : indicator.up({ ...figures });
  }

  /** Undefined while the database is away, which is told elsewhere. */
  private async figures(): Promise<VideoFigures | undefined> {
    if (this.known && performance.now() - this.known.atMs < FRESH_MS) return this.known.figures;
    try {
      const figures = await answerWithin(this.punctuality.figures(), ANSWER_WITHIN_MS);
      this.known = { figures, atMs: performance.now() };
      return figures;
    } catch {
      return undefined;
    }
  }
}
