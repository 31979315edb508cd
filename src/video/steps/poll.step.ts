import { Inject, Injectable, Logger } from '@nestjs/common';
import { ENVIRONMENT } from '../../config/config.module.js';
import type { Environment } from '../../config/environment.js';
import { VideoProviderError } from '../../providers/contract/video-provider-error.js';
import type { VideoJob, VideoProvider } from '../../providers/contract/video-provider.js';
import { VideoProviderRegistry } from '../../providers/video-provider-registry.js';
import type { Noted } from '../store/video-moves.js';
import { VideoStore } from '../store/video.store.js';
import type { VideoRecord } from '../store/video-record.js';
import { VideoEndings } from '../video-endings.service.js';
import { VideoNews } from '../video-news.service.js';
import { VideoQueue } from '../video-queue.service.js';
import { isJobLost, oneMoreFault } from './poll-patience.js';
import { pollDelayMs } from './poll-schedule.js';
import { ProviderSlots } from './provider-slots.js';
import { again, DONE, type StepOutcome } from './step-outcome.js';

const ANSWER_WITHIN_MS = 20_000;
/** Where all places of the provider are taken. */
const NO_PLACE_PAUSE_MS = 1_000;
const UNDER_WAY = ['submitted', 'processing'] as const;

/** Asks a provider how a video stands, at the pace of its age; a video that takes too long, or nobody answers for, has failed. */
@Injectable()
export class PollStep {
  private readonly logger = new Logger(PollStep.name);
  private readonly deadlineMs: number;

  constructor(
    @Inject(VideoStore) private readonly store: VideoStore,
    @Inject(VideoQueue) private readonly queue: VideoQueue,
    @Inject(VideoProviderRegistry) private readonly providers: VideoProviderRegistry,
    @Inject(VideoEndings) private readonly endings: VideoEndings,
    @Inject(VideoNews) private readonly news: VideoNews,
    @Inject(ProviderSlots) private readonly slots: ProviderSlots,
    @Inject(ENVIRONMENT) { video }: Environment,
  ) {
    this.deadlineMs = video.deadlineMs;
  }

  /** @throws what the database or the queue failed with: the job is tried again */
  async run(videoId: string): Promise<StepOutcome> {
    const video = await this.store.find(videoId);
    if (!video) return DONE;
    if (video.state === 'copying') return this.copy(videoId);
    if (!isUnderWay(video)) return DONE;
    // The very connection that the job was made with: another key's answer would mean nothing.
    const provider = this.providers.byConnection(video.connectionId!);
    if (!provider) return this.failed(video, undefined, undefined);
    const leave = this.slots.take(provider.connectionId);
    if (!leave) return again(NO_PLACE_PAUSE_MS * (1 + Math.random()));
    let job: VideoJob;
    try {
      job = await provider.status(video.jobId!, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    } catch (error) {
      return this.failed(video, provider, error);
    } finally {
      leave();
    }
    return this.answered(video, provider, job);
  }

  private async answered(video: VideoRecord, provider: VideoProvider, job: VideoJob): Promise<StepOutcome> {
    video.providerCostUsd = job.costUsd ?? null; // what came to nothing may be billed all the same
    switch (job.status) {
      case 'completed':
        if (!(await this.store.finished(video, job.seconds, job.costUsd))) return DONE;
        return this.copy(video.id);
      case 'failed': {
        const reason = job.failure?.kind === 'moderated' ? 'moderated' : 'provider_failed';
        await this.endings.fail(video, reason, { providerFault: job.failure?.code, from: UNDER_WAY });
        return DONE;
      }
      case 'cancelled':
        if (video.cancelAskedAt) await this.endings.cancel(video, UNDER_WAY);
        else await this.endings.fail(video, 'provider_failed', { providerFault: 'cancelled_there', from: UNDER_WAY });
        return DONE;
      case 'queued':
      case 'running':
        return this.underWay(video, provider, job);
    }
  }

  private async underWay(video: VideoRecord, provider: VideoProvider, job: VideoJob): Promise<StepOutcome> {
    if (video.cancelAskedAt) return this.cancel(video, provider);
    if (this.isTooOld(video)) return this.giveUp(video, provider);
    const dueInMs = this.delayFor(video);
    const progress = Math.floor(Math.min(99, Math.max(0, job.progress ?? 0)));
    const noted =
      job.status === 'queued'
        ? await this.store.waited(video, dueInMs)
        : await this.store.progressed(video, { progress, dueInMs });
    if (job.status === 'running' && (progress > video.progress || video.state === 'submitted'))
      await this.news.tell(video.id);
    else await this.news.tellDelay(video);
    return pause(video, noted, dueInMs);
  }

  /** It was not over a moment ago. */
  private async cancel(video: VideoRecord, provider: VideoProvider): Promise<StepOutcome> {
    let isToldThere = true;
    try {
      await provider.cancel(video.jobId!, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    } catch (error) {
      if (!(error instanceof VideoProviderError)) throw error;
      isToldThere = false;
      this.logger.warn(`Video ${video.id} is cancelled; ${provider.id} could not be told (${error.kind})`);
    }
    await this.endings.cancel(video, UNDER_WAY, !isToldThere);
    return DONE;
  }

  private async giveUp(video: VideoRecord, provider: VideoProvider): Promise<StepOutcome> {
    await provider
      .cancel(video.jobId!, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) })
      .catch(() => this.logger.warn(`Job ${video.jobId} at ${provider.id} took too long and could not be stopped`));
    await this.endings.fail(video, 'took_too_long', { from: UNDER_WAY });
    return DONE;
  }

  private async failed(video: VideoRecord, provider: VideoProvider | undefined, error: unknown): Promise<StepOutcome> {
    if (provider && !(error instanceof VideoProviderError)) throw error;
    const { kind = 'unreachable', code, retryAfterMs = 0 } = (error ?? {}) as Partial<VideoProviderError>;
    const { pollFaults, timesUnknown: timesBefore } = video;
    if (kind === 'moderated') {
      await this.endings.fail(video, 'moderated', { providerFault: code, from: UNDER_WAY });
      return DONE;
    }
    const { faults, timesUnknown } = oneMoreFault({ faults: pollFaults, timesUnknown: timesBefore }, kind);
    if (isJobLost({ faults, timesUnknown }) || this.isTooOld(video)) {
      if (video.cancelAskedAt) await this.endings.cancel(video, UNDER_WAY, true);
      else await this.endings.fail(video, 'provider_lost', { providerFault: code ?? kind, from: UNDER_WAY });
      return DONE;
    }
    if (kind === 'rate_limited') {
      const dueInMs = Math.max(this.delayFor(video), retryAfterMs);
      return pause(video, await this.store.pollPostponed(video, dueInMs), dueInMs);
    }
    const dueInMs = this.delayFor(video, faults);
    const noted = await this.store.pollFailed(video, { timesUnknown, dueInMs });
    await this.news.tellDelay(video);
    return pause(video, noted, dueInMs);
  }

  private isTooOld({ submittedForMs }: VideoRecord): boolean {
    return (submittedForMs ?? 0) > this.deadlineMs;
  }

  /** Never beyond the deadline: it is looked at once more there. */
  private delayFor({ submittedForMs }: VideoRecord, faults = 0): number {
    const ageMs = submittedForMs ?? 0;
    return Math.min(pollDelayMs(ageMs, faults), Math.max(5_000, this.deadlineMs - ageMs + 1));
  }

  private async copy(videoId: string): Promise<StepOutcome> {
    await this.queue.add('copy', videoId);
    return DONE;
  }
}

/** A wish to stop it that came amid this question does not wait; one that was known keeps to the pace like any other. */
function pause({ cancelAskedAt }: VideoRecord, noted: Noted, dueInMs: number): StepOutcome {
  const isNew = cancelAskedAt === null && noted && noted.isCancelAsked;
  return again(isNew ? 0 : dueInMs);
}

function isUnderWay({ state }: VideoRecord): boolean {
  return (UNDER_WAY as readonly string[]).includes(state);
}
