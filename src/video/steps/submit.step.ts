import { Inject, Injectable, Logger } from '@nestjs/common';
import { buffer } from 'node:stream/consumers';
import { GatewayError } from '../../common/errors/gateway-error.js';
import { MediaStore } from '../../media/media-store.js';
import { CircuitOrders } from '../../orchestrator/orders/circuit-orders.js';
import { VideoProviderError } from '../../providers/contract/video-provider-error.js';
import type { VideoInput } from '../../providers/contract/video-provider.js';
import { VideoProviderRegistry } from '../../providers/video-provider-registry.js';
import { chosen } from '../api/video-view.js';
import { reasonOfRefusal } from '../life/video-failures.js';
import type { VideoState } from '../life/video-state.js';
import { stepInput } from '../plan/two-steps.js';
import { VideoStore } from '../store/video.store.js';
import type { VideoRecord } from '../store/video-record.js';
import { VideoEndings } from '../video-endings.service.js';
import { VideoNews } from '../video-news.service.js';
import { VideoQueue } from '../video-queue.service.js';
import { InputRoom } from './input-room.js';
import { pollDelayMs } from './poll-schedule.js';
import { refusalVerdict } from './refusal-verdict.js';
import { ProviderSlots } from './provider-slots.js';
import { again, DONE, type StepOutcome } from './step-outcome.js';
import { SUBMIT_WITHIN_MS } from './submit-patience.js';
import { TakenJobs } from './taken-jobs.js';

/** An order that was begun so long ago is in nobody's hands any more: its process died. */
const SUBMIT_IS_LOST_AFTER_MS = SUBMIT_WITHIN_MS + 15_000;
/** Its hold lasts a day: nothing is ordered that is not held. */
const QUEUED_AT_MOST_MS = 23 * 3_600_000;
/** Where all places of the provider are taken, or the room for inputs is. */
const NO_PLACE_PAUSE_MS = 1_000;
/** Where an operator has opened the circuit of the only provider that makes it. */
const OPENED_PAUSE_MS = 2_000;

/** Orders a video at a provider, by one request and never by a second one that could make a second job. */
@Injectable()
export class SubmitStep {
  private readonly logger = new Logger(SubmitStep.name);

  constructor(
    @Inject(VideoStore) private readonly store: VideoStore,
    @Inject(VideoQueue) private readonly queue: VideoQueue,
    @Inject(VideoProviderRegistry) private readonly providers: VideoProviderRegistry,
    @Inject(MediaStore) private readonly media: MediaStore,
    @Inject(VideoEndings) private readonly endings: VideoEndings,
    @Inject(VideoNews) private readonly news: VideoNews,
    @Inject(ProviderSlots) private readonly slots: ProviderSlots,
    @Inject(InputRoom) private readonly room: InputRoom,
    @Inject(TakenJobs) private readonly jobs: TakenJobs,
    @Inject(CircuitOrders) private readonly orders: CircuitOrders,
  ) {}

  /** @throws what the database or the queue failed with: the job is tried again */
  async run(videoId: string): Promise<StepOutcome> {
    const video = await this.store.find(videoId);
    if (!video?.isReady) return DONE;
    if (video.state === 'submitting') return this.await(video);
    if (video.state === 'submitted') return this.goOn(video.id, 0);
    if (video.state !== 'queued') return DONE;
    if (video.cancelAskedAt) {
      await this.endings.cancel(video, ['queued']);
      return DONE;
    }
    if (Date.now() - video.createdAt.getTime() > QUEUED_AT_MOST_MS) {
      await this.endings.fail(video, 'no_provider', { from: ['queued'] });
      return DONE;
    }
    if (this.orders.openedBy('video', chosen(video).provider)) return this.passOver(video);
    return this.orderWithinShare(video);
  }

  /** An operator wants its provider to be asked by nobody: the next choice takes it, or it waits. */
  private async passOver({ id, choice, plan, submits }: VideoRecord): Promise<StepOutcome> {
    if (choice + 1 >= plan.choices.length) return again(OPENED_PAUSE_MS * (1 + Math.random()));
    await this.store.refused(id, { choice: choice + 1, refusals: 0, submits, dueInMs: 0 });
    return again(0);
  }

  private async orderWithinShare(video: VideoRecord): Promise<StepOutcome> {
    const leave = this.takePlace(video);
    if (!leave) return again(NO_PLACE_PAUSE_MS * (1 + Math.random()));
    try {
      return await this.order(video);
    } catch (error) {
      if (!(error instanceof GatewayError) || error.code !== 'NOT_FOUND') throw error;
      await this.endings.fail(video, 'input_gone', { from: ['queued'] });
      return DONE;
    } finally {
      leave();
    }
  }

  /** A provider that lets orders hang takes no other's places. @returns what gives them back; undefined: there is none */
  private takePlace(video: VideoRecord): (() => void) | undefined {
    const provider = this.providers.all().find(({ id }) => id === chosen(video).provider);
    const leaveProvider = provider ? this.slots.take(provider.connectionId) : () => undefined;
    const leaveRoom = leaveProvider && this.room.take(stepInput(video)?.bytes ?? 0);
    if (!leaveRoom) return void leaveProvider?.();
    return () => {
      leaveRoom();
      leaveProvider();
    };
  }

  /** Somebody has begun to order it. Whoever did that and is alive will say how it went; the dead won't. */
  private async await(video: VideoRecord): Promise<StepOutcome> {
    const leftMs = SUBMIT_IS_LOST_AFTER_MS - (video.submittingForMs ?? 0);
    if (leftMs > 0) return again(leftMs);
    await this.endings.fail(video, 'submit_unknown', { from: ['submitting'] });
    return DONE;
  }

  private async order(video: VideoRecord): Promise<StepOutcome> {
    const choice = chosen(video);
    const provider = this.providers.all().find(({ id }) => id === choice.provider);
    if (!provider)
      return this.refused(
        video,
        new VideoProviderError(choice.provider, 'unauthorized', 'not configured'),
        video.submits,
      );
    const input = await this.inputOf(video);
    const request = { ...choice, prompt: video.prompt, ...(input ? { input } : {}) }; // what can't be read is not ordered
    if (!(await this.store.beginSubmit(video.id, provider.connectionId, video.submits)))
      return this.overtaken(video.id);
    let jobId: string;
    try {
      jobId = await provider.submit(request, { signal: AbortSignal.timeout(SUBMIT_WITHIN_MS) });
    } catch (error) {
      return this.refused(video, error, video.submits + 1);
    }
    if (!(await this.jobs.note(video, provider, jobId))) return DONE;
    return this.goOn(video.id, pollDelayMs(0));
  }

  /** Somebody else has ordered it meanwhile; or it is as it was, but to be cancelled. */
  private async overtaken(videoId: string): Promise<StepOutcome> {
    return (await this.store.find(videoId))?.state === 'queued' ? again(0) : DONE;
  }

  private async inputOf(video: VideoRecord): Promise<VideoInput | undefined> {
    const input = stepInput(video);
    if (!input) return undefined;
    const { mediaType, width, height } = input;
    return { mediaType, width, height, bytes: await buffer(await this.media.read(input.key)) };
  }

  /** @param submits how many orders there have been */
  private async refused(video: VideoRecord, error: unknown, submits: number): Promise<StepOutcome> {
    const kind = error instanceof VideoProviderError ? error.kind : 'unknown_outcome';
    const { retryAfterMs, code: providerFault, status } = error instanceof VideoProviderError ? error : {};
    if (!(error instanceof VideoProviderError)) this.logger.error('An order failed by a fault of ours', error);
    const refusals = video.refusals + 1;
    const hasOther = video.choice + 1 < video.plan.choices.length;
    const waitedMs = video.refusedForMs ?? 0;
    const verdict = refusalVerdict({ kind, retryAfterMs, refusals, hasOther, waitedMs });
    this.logger.warn(
      `Video ${video.id}: ${chosen(video).provider} did not take the order (${kind}, ${status ?? 'no status'})`,
    );
    const { id, choice } = video;
    // Where none was sent, the one that is under way is another's.
    const from: VideoState[] = submits > video.submits ? ['queued', 'submitting'] : ['queued'];
    switch (verdict.next) {
      case 'unknown':
        await this.endings.fail(video, 'submit_unknown', { providerFault, from });
        return DONE;
      case 'fail':
        await this.endings.fail(video, reasonOfRefusal(kind), {
          providerFault,
          from,
          isFlagged: kind === 'unauthorized' || kind === 'quota_exhausted' || kind === 'retired',
        });
        return DONE;
      case 'other':
        await this.store.refused(id, { choice: choice + 1, refusals: 0, submits, dueInMs: 0 });
        return again(0);
      case 'again': {
        const noted = await this.store.refused(id, { choice, refusals, submits, dueInMs: verdict.afterMs });
        if (noted && noted.isCancelAsked) return again(0); // a wish to stop it doesn't wait
        await this.news.tellDelay(video);
        return again(verdict.afterMs);
      }
    }
  }

  private async goOn(videoId: string, delayMs: number): Promise<StepOutcome> {
    await this.queue.add('poll', videoId, delayMs);
    return DONE;
  }
}
