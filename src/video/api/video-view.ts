import { Inject, Injectable } from '@nestjs/common';
import { creditsNumber } from '../../common/money/micro-credits.js';
import { ENVIRONMENT } from '../../config/config.module.js';
import type { Environment } from '../../config/environment.js';
import type { EventName, UserEvents } from '../../events/user-events.js';
import { MediaStore, type StoredMedia } from '../../media/media-store.js';
import { firstCharge } from '../plan/charged-step.js';
import { lastChoice } from '../plan/two-steps.js';
import { publicStatus } from '../life/video-state.js';
import { remainingSeconds } from '../punctuality/remaining-seconds.js';
import { videoDelay, type VideoDelay } from '../punctuality/video-delay.js';
import type { VideoRecord } from '../store/video-record.js';
import { VideoTimes } from '../store/video-times.store.js';
import type { VideoStatusResponse } from './video-status.dto.js';

/** An event of a video, as UserEventHub.publish takes it. */
export interface VideoEvent {
  event: EventName<'videos'>;
  data: UserEvents['videos'][EventName<'videos'>];
}

/** Videos as their users see them. */
@Injectable()
export class VideoView {
  private readonly linkMs: number;
  private readonly lateMs: number;

  constructor(
    @Inject(MediaStore) private readonly media: MediaStore,
    @Inject(VideoTimes) private readonly times: VideoTimes,
    @Inject(ENVIRONMENT) environment: Environment,
  ) {
    this.linkMs = environment.media.linkMs;
    this.lateMs = environment.video.lateMs;
  }

  /**
   * How a video stands, with fresh links.
   * @param origin what is put before links that are paths; absent: they stay paths
   */
  async statusOf(video: VideoRecord, origin?: string): Promise<VideoStatusResponse> {
    const { id, state, media, error, endedAt, mediaDeletedAt } = video;
    const { provider, model } = chosen(video);
    const { resolution, aspectRatio, seconds } = lastChoice(video);
    const { substitutions } = video.plan;
    const status = publicStatus(state);
    return {
      videoId: id,
      status,
      ...(status === 'completed' && !mediaDeletedAt ? await this.links(video, origin) : {}),
      progress: progressOf(video),
      ...(status === 'processing' ? await this.expected(video) : {}),
      createdAt: video.createdAt.toISOString(),
      ...(status === 'completed' && endedAt ? { completedAt: endedAt.toISOString() } : {}),
      duration: media?.seconds ?? seconds,
      creditsUsed: creditsUsed(video),
      ...(error ? { error } : {}),
      provider,
      model,
      resolution,
      aspectRatio,
      ...(substitutions.length > 0 ? { substitutions: [...substitutions] } : {}),
      ...(mediaDeletedAt ? { filesDeletedAt: mediaDeletedAt.toISOString() } : {}),
    };
  }

  /** What a video's user is told of it now. Links may be paths on the gateway. */
  async eventOf(video: VideoRecord): Promise<VideoEvent> {
    const videoId = video.id;
    const { status, url, thumbnailUrl, progress, delay, duration, creditsUsed, error } = await this.statusOf(video);
    switch (status) {
      case 'processing':
        return { event: 'video.progress', data: { videoId, status, progress, ...(delay ? { delay } : {}) } };
      case 'completed':
        return {
          event: 'video.completed',
          data: { videoId, status, url: url ?? '', ...(thumbnailUrl ? { thumbnailUrl } : {}), duration, creditsUsed },
        };
      case 'failed':
        return { event: 'video.failed', data: { videoId, status, error: error! } };
      default:
        return status satisfies never;
    }
  }

  /** Why a video that is under way is late; undefined: it is not. */
  async delayOf(video: VideoRecord): Promise<VideoDelay | undefined> {
    return videoDelay(video, { lateMs: this.lateMs, usualSeconds: await this.times.estimateOf(video) });
  }

  /** Of a workflow the time from its order on counts, as it does in what its kind takes by experience. */
  private async expected(video: VideoRecord): Promise<Pick<VideoStatusResponse, 'estimatedTime' | 'delay'>> {
    const delay = await this.delayOf(video);
    const takenMs = video.workflowId === null ? video.ageMs : (video.submittingForMs ?? 0);
    const estimatedTime = remainingSeconds(await this.times.estimateOfRest(video), takenMs);
    return { estimatedTime, ...(delay ? { delay } : {}) };
  }

  private async links({ media, thumbnail }: VideoRecord, origin: string | undefined) {
    const link = async (file: StoredMedia) => withOrigin(await this.media.link(file.key, this.linkMs), origin);
    return {
      ...(media ? { url: await link(media) } : {}),
      ...(thumbnail ? { thumbnailUrl: await link(thumbnail) } : {}),
    };
  }
}

/** What is being made, or was. */
export function chosen({ plan, choice }: Pick<VideoRecord, 'plan' | 'choice'>) {
  return plan.choices[choice]!;
}

/** In credits: what it cost; until it is over, what it will if all of it is delivered. */
export function creditsUsed(video: Pick<VideoRecord, 'plan' | 'choice' | 'charged'>): number {
  return creditsNumber(amountUsed(video));
}

/** The same in micro-credits: sums are made of these, and shown once. */
export function amountUsed(video: Pick<VideoRecord, 'plan' | 'choice' | 'charged'>): bigint {
  const { then } = video.plan;
  const rest = then ? BigInt(then[0]!.amount) : (firstCharge(video.plan)?.cost ?? 0n);
  return video.charged ?? BigInt(chosen(video).amount) + rest;
}

/** The provider's 100 is not ours: its bytes are still to come. Each of two steps is half of the way. */
function progressOf({ state, progress, plan }: VideoRecord): number {
  if (state === 'completed') return 100;
  if (plan.then) return Math.floor(progress / 2);
  return Math.min(plan.before ? 50 + Math.floor(progress / 2) : progress, 99);
}

function withOrigin(link: string, origin: string | undefined): string {
  return origin !== undefined && link.startsWith('/') ? origin + link : link;
}
