import { Inject, Injectable, Logger } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import { ReasonErasure } from '../audit/erasure/reason-erasure.service.js';
import { accountIdOf } from '../billing/accounts/account-id.js';
import { GatewayError } from '../common/errors/gateway-error.js';
import { BackgroundQueue } from '../completions/background/background-queue.service.js';
import { ResponseCache } from '../completions/cache/response-cache.service.js';
import { CompletionsService } from '../completions/completions.service.js';
import type { UnreadVideo } from '../video/store/video-record.js';
import { UnusedInputs } from '../video/unused-inputs.service.js';
import { VideoFiles } from '../video/video-files.service.js';
import { VideoOrders } from '../video/video-orders.service.js';
import { inTurns } from './in-turns.js';
import type { ErasureReport } from './erasure-report.js';
import { BATCH, UserTexts } from './user-texts.store.js';

/** What runs is asked to stop, and waited for so long. */
const STOPS_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 100;
/** A call is answered about then, however much there is; the next one goes on. */
const CALL_MS = 25_000;
const AT_ONCE = 8;

/**
 * Erases what is kept of a user's prompts and answers (docs/privacy.md): what runs is stopped first. Money, receipts and
 * the audit trail stay. Nothing of it has to be done in one go: the same call again goes on where the last one stopped.
 */
@Injectable()
export class UserErasure {
  private readonly logger = new Logger(UserErasure.name);

  constructor(
    @Inject(UserTexts) private readonly texts: UserTexts,
    @Inject(CompletionsService) private readonly completions: CompletionsService,
    @Inject(BackgroundQueue) private readonly queue: BackgroundQueue,
    @Inject(ResponseCache) private readonly cache: ResponseCache,
    @Inject(VideoOrders) private readonly orders: VideoOrders,
    @Inject(VideoFiles) private readonly files: VideoFiles,
    @Inject(UnusedInputs) private readonly inputs: UnusedInputs,
    @Inject(ReasonErasure) private readonly reasons: ReasonErasure,
  ) {}

  /** @throws what the database, the queue or the media store failed with: what was erased until then stays erased */
  async erase(userId: string): Promise<ErasureReport> {
    const untilMs = performance.now() + CALL_MS;
    await this.stopAll(userId);
    const [backgroundRequests, jobsLeft] = await this.withdrawJobs(userId);
    const logRows = await inBatches(() => this.texts.eraseLog(userId), untilMs);
    const backgroundAnswers = await inBatches(() => this.texts.eraseBackgroundAnswers(userId), untilMs);
    const cachedAnswers = await this.cache.forget(accountIdOf(userId));
    await this.removeFiles(userId, untilMs);
    const videos = await inBatches(() => this.texts.eraseVideos(userId), untilMs);
    const reasons = (await this.texts.eraseNotes(userId)) + (await this.reasons.erase(userId));
    const inputs = await this.inputs.removeOf(userId); // last: a store that is away keeps nothing else from going
    const { requests, videos: videosLeft } = await this.texts.countRemaining(userId);
    const remaining = { requests, backgroundRequests: jobsLeft, videos: videosLeft };
    return {
      erased: { logRows, backgroundAnswers, backgroundRequests, cachedAnswers, videos, inputs, reasons },
      remaining,
      isDone: requests + jobsLeft + videosLeft === 0 && performance.now() < untilMs,
    };
  }

  /** Asks all that runs to stop, and waits until it has, for a while. */
  private async stopAll(userId: string): Promise<void> {
    const requests = await this.texts.pendingRequests(userId, BATCH);
    const videos = await this.texts.openVideos(userId, BATCH);
    const untilMs = performance.now() + STOPS_WITHIN_MS;
    await inTurns(requests, AT_ONCE, ({ requestId }) => this.stopRequest(userId, requestId));
    await inTurns(videos, AT_ONCE, async ({ id }) => {
      if (performance.now() < untilMs) await this.stopVideo(userId, id);
    });
    if (requests.length === 0) return;
    while ((await this.texts.pendingRequests(userId, 1)).length > 0 && performance.now() < untilMs) {
      await delay(LOOK_EVERY_MS);
    }
  }

  private async stopRequest(userId: string, requestId: string): Promise<void> {
    await this.completions.cancel(userId, requestId.slice(requestId.indexOf(':') + 1));
  }

  /** One that is being brought here can't be stopped: it ends by itself. */
  private async stopVideo(userId: string, videoId: string): Promise<void> {
    try {
      await this.orders.cancel(userId, videoId);
    } catch (error) {
      if (!(error instanceof GatewayError) || error.code !== 'CONFLICT') throw error;
    }
  }

  /** @returns how many jobs are gone, and how many a worker is at */
  private async withdrawJobs(userId: string): Promise<[gone: number, left: number]> {
    let gone = 0;
    let left = 0;
    await inTurns(await this.texts.queuedRequests(userId), AT_ONCE, async (key) => {
      if (!(await this.queue.has(key))) return;
      if (await this.queue.withdraw(key)) gone++;
      else left++;
    });
    return [gone, left];
  }

  /** What fails is left to the next call: a video keeps its texts as long as it keeps its files. */
  private async removeFilesOf(video: UnreadVideo): Promise<boolean> {
    try {
      await this.files.remove(video);
      return true;
    } catch (error) {
      this.logger.warn(`The files of video ${video.id} could not be removed (${(error as Error).name})`);
      return false;
    }
  }

  private async removeFiles(userId: string, untilMs: number): Promise<void> {
    await inBatches(async () => {
      let removed = 0;
      await inTurns(await this.texts.videosWithFiles(userId), AT_ONCE, async (video) => {
        if (await this.removeFilesOf(video)) removed++;
      });
      return removed;
    }, untilMs);
  }
}

/** @returns the sum of what `step` counted, until it counts less than a batch or the time is over */
async function inBatches(step: () => Promise<number>, untilMs: number): Promise<number> {
  let sum = 0;
  for (;;) {
    const count = await step();
    sum += count;
    if (count < BATCH || performance.now() > untilMs) return sum;
  }
}
