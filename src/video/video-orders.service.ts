import { Inject, Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { HoldClaim } from '../auth/role-table.js';
import { AccountsService } from '../billing/accounts/accounts.service.js';
import type { ExceededLimit } from '../billing/ledger/ledger-operations.js';
import { quotaRefusal } from '../billing/ledger/quota-refusal.js';
import { GatewayError } from '../common/errors/gateway-error.js';
import type { MinuteLimits } from '../common/http/rate-limit-headers.js';
import { creditsNumber } from '../common/money/micro-credits.js';
import { ENVIRONMENT } from '../config/config.module.js';
import type { Environment } from '../config/environment.js';
import { orUnavailable } from '../database/or-unavailable.js';
import { isOver } from './life/video-state.js';
import { amountToHold } from './plan/video-price.js';
import { holdTerms } from './plan/video-terms.js';
import type { VideoPlan } from './plan/video-plan.js';
import type { CreatedVideo } from './store/video-moves.js';
import { VideoStore } from './store/video.store.js';
import type { RequestedVideo, VideoInputFile, VideoRecord } from './store/video-record.js';
import { VideoEndings } from './video-endings.service.js';
import { VideoQueue } from './video-queue.service.js';

export interface VideoOrder {
  /** Absent: a new one. */
  id?: string;
  userId: string;
  claim: HoldClaim;
  /** Told what is left of the user's minute, where that is limited and the video is a new one. */
  admitted: (limits: MinuteLimits) => void;
  sessionId?: string;
  workflowId?: string;
  /** The same key of a user is the same video. */
  idempotencyKey?: string;
  /** Of everything that was asked for. */
  fingerprint: string;
  request: RequestedVideo;
  /** As it goes to the provider. */
  prompt: string;
  originalPrompt: string;
  input?: VideoInputFile;
  plan: VideoPlan;
  /** false: `makeReady` follows. */
  isReady: boolean;
}

/** Longer than any video may wait, be made and be copied: the ledger's own end of a hold that everybody forgot. */
const HOLD_TTL_MS = 24 * 3_600_000;
/** A cancel is answered with how it went, if that is known so soon. */
const CANCEL_SHOWN_WITHIN_MS = 5_000;
const LOOK_EVERY_MS = 50;

/** Videos as users order them: held, stored and queued; cancelled. */
@Injectable()
export class VideoOrders {
  private readonly buyUrl: string | undefined;

  constructor(
    @Inject(VideoStore) private readonly store: VideoStore,
    @Inject(VideoQueue) private readonly queue: VideoQueue,
    @Inject(VideoEndings) private readonly endings: VideoEndings,
    @Inject(AccountsService) private readonly accounts: AccountsService,
    @Inject(ENVIRONMENT) { billing }: Environment,
  ) {
    this.buyUrl = billing.buyCreditsUrl;
  }

  /**
   * Holds the credits of the dearest choices and stores the video, together; then it waits for a worker. The same
   * idempotency key again gives the video that is there.
   * @throws GatewayError INSUFFICIENT_CREDITS, FORBIDDEN (frozen, or more than the whole of a limit), UNAUTHORIZED (revoked),
   *   CONFLICT (the key was used for something else); LIMIT_EXCEEDED, RATE_LIMIT_EXCEEDED beyond the user's limits; UNAVAILABLE, where it may be stored all the same: a repeat with the same idempotency key finds out
   */
  async create(order: VideoOrder): Promise<VideoRecord> {
    const amount = amountToHold(order.plan);
    const { id = randomUUID(), admitted, ...video } = order;
    const stored = await this.hold({ ...video, id, amount, holdTtlMs: HOLD_TTL_MS, terms: holdTerms(order.plan) });
    const isThere = stored.result === 'created' || stored.result === 'duplicate';
    if (!isThere) throw this.refusal(stored, amount);
    if (stored.result === 'created' && stored.quota) admitted(stored.quota as MinuteLimits);
    const record = (await orUnavailable(this.store.find(stored.id)))!;
    await this.queueFirstStep(record);
    return record;
  }

  /**
   * What the key has made already: neither its links nor its providers may be there any more, and are not needed.
   * @throws GatewayError CONFLICT: the key was used for something else; UNAVAILABLE
   */
  async repeated(
    userId: string,
    idempotencyKey: string | undefined,
    fingerprint: string,
  ): Promise<VideoRecord | undefined> {
    if (idempotencyKey === undefined) return undefined;
    const there = await orUnavailable(this.store.findByKey(userId, idempotencyKey));
    if (there && there.fingerprint !== fingerprint) throw keyIsUsed();
    if (there) await this.queueFirstStep(there);
    return there;
  }

  /** The steps before it are done; nothing happens where it is ready already, or over. @throws GatewayError UNAVAILABLE */
  async makeReady(videoId: string, prompt: string): Promise<void> {
    await orUnavailable(this.store.makeReady(videoId, prompt));
    await this.queue.add('submit', videoId);
  }

  /**
   * Stops a video that is not over. Where a worker has to do it and takes its time, the video is answered as it stands.
   * @throws GatewayError NOT_FOUND: there is none of this user; CONFLICT: it is made, and being brought here; UNAVAILABLE
   */
  async cancel(userId: string, videoId: string): Promise<VideoRecord> {
    const video = await orUnavailable(this.store.findOwn(userId, videoId));
    if (!video) throw new GatewayError('NOT_FOUND', 'There is no such video.');
    if (isOver(video.state)) return video;
    if (isMade(video)) throw tooLate();
    await orUnavailable(this.store.askToCancel(videoId));
    // Whatever it was a moment ago: an order that was refused meanwhile waits again, perhaps for minutes.
    const wasWaiting = await orUnavailable(this.endings.cancel(video, ['queued']));
    if (!wasWaiting) await this.hurry(videoId);
    return this.afterCancel(videoId);
  }

  /** Where this fails the video waits until somebody finds it overdue: it is paid for, so it is not refused. */
  private async queueFirstStep({ id, isReady, state }: VideoRecord): Promise<void> {
    if (isReady && state === 'queued') await this.queue.add('submit', id).catch(() => undefined);
  }

  private async hurry(videoId: string): Promise<void> {
    const isCopied = (await orUnavailable(this.store.find(videoId)))?.state === 'copying';
    await this.queue.hurry(isCopied ? 'copy' : 'poll', videoId);
  }

  private async afterCancel(videoId: string): Promise<VideoRecord> {
    const untilMs = performance.now() + CANCEL_SHOWN_WITHIN_MS;
    for (;;) {
      const video = (await orUnavailable(this.store.find(videoId)))!;
      if (isMade(video)) throw tooLate();
      if (isOver(video.state) || performance.now() > untilMs) return video;
      await delay(LOOK_EVERY_MS);
    }
  }

  /** A new user is welcomed first. */
  private async hold(video: Parameters<VideoStore['create']>[0]): Promise<CreatedVideo> {
    const first = await orUnavailable(this.store.create(video));
    if (first.result !== 'no_account' || !(await orUnavailable(this.accounts.welcome(video.userId)))) return first;
    return orUnavailable(this.store.create(video));
  }

  private refusal({ result, available, quota }: CreatedVideo, needed: bigint): GatewayError {
    switch (result) {
      case 'insufficient':
      case 'no_account':
        return new GatewayError('INSUFFICIENT_CREDITS', 'The balance does not cover this video; nothing was charged.', {
          details: {
            needed: creditsNumber(needed),
            available: creditsNumber(available ?? 0n),
            ...(this.buyUrl === undefined ? {} : { buyUrl: this.buyUrl }),
          },
        });
      case 'frozen':
        return new GatewayError('FORBIDDEN', 'The account is frozen; an administrator can say why.');
      case 'conflict':
        return keyIsUsed();
      case 'limited':
        return quotaRefusal(quota as ExceededLimit);
      case 'revoked':
        return new GatewayError('UNAUTHORIZED', 'This access was revoked; an administrator can say why.');
      default:
        return new GatewayError('INTERNAL', 'Something went wrong on our side.', { cause: new Error(result) });
    }
  }
}

function keyIsUsed(): GatewayError {
  return new GatewayError(
    'CONFLICT',
    'This Idempotency-Key was used for something else; a new request needs a new one.',
  );
}

/** With a step to come it is not. */
function isMade({ state, plan }: VideoRecord): boolean {
  return (state === 'copying' && !plan.then) || state === 'completed';
}

function tooLate(): GatewayError {
  return new GatewayError('CONFLICT', 'The video is made already; it is too late to cancel it.');
}
