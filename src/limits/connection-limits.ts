import { Inject, Injectable } from '@nestjs/common';
import { GatewayError } from '../common/errors/gateway-error.js';
import { ENVIRONMENT } from '../config/config.module.js';
import type { Environment } from '../config/environment.js';
import { ConcurrentStreams } from './concurrent-streams.js';
import { RateBudget } from './rate-budget.js';

/** A burst of 500 frames on one socket, 100 a second in the long run. */
const FRAMES = { points: 500, durationSeconds: 5 };
/** As a socket's frames: a user's requests over REST. */
const REQUESTS = { points: 500, durationSeconds: 5 };
/** Questions over REST that are answered from memory or nearly so: models, estimates. */
const QUESTIONS = { points: 500, durationSeconds: 5 };
/** A large one counts as several, of this size each. */
const QUESTION_BYTES = 64 * 1024;
const CONCURRENT_STREAMS = 200;
const SOCKETS_PER_USER = 2_000;
const SUBSCRIPTIONS_PER_SOCKET = 20;

/** What one connection and one user may do, on this node. RATE_LIMITS=off lifts all of it. */
@Injectable()
export class ConnectionLimits {
  readonly streams: ConcurrentStreams;
  readonly subscriptionsPerSocket: number;
  private readonly frames: RateBudget;
  private readonly requests: RateBudget;
  private readonly questions: RateBudget;
  private readonly mostSockets: number;
  private readonly socketsByUser = new Map<string, number>();

  constructor(@Inject(ENVIRONMENT) { limits }: Environment) {
    this.streams = new ConcurrentStreams(limits.areOn ? CONCURRENT_STREAMS : Infinity);
    this.frames = new RateBudget(limits.areOn ? FRAMES : undefined);
    this.requests = new RateBudget(limits.areOn ? REQUESTS : undefined);
    this.questions = new RateBudget(limits.areOn ? QUESTIONS : undefined);
    this.subscriptionsPerSocket = limits.areOn ? SUBSCRIPTIONS_PER_SOCKET : Infinity;
    this.mostSockets = limits.areOn ? SOCKETS_PER_USER : Infinity;
  }

  /** @returns false where the user has as many sockets as anyone may */
  openSocket(userId: string): boolean {
    const open = this.socketsByUser.get(userId) ?? 0;
    if (open >= this.mostSockets) return false;
    this.socketsByUser.set(userId, open + 1);
    return true;
  }

  closeSocket(userId: string): void {
    const open = (this.socketsByUser.get(userId) ?? 1) - 1;
    if (open === 0) this.socketsByUser.delete(userId);
    else this.socketsByUser.set(userId, open);
  }

  /** @returns the refusal of a frame beyond a socket's budget */
  async refuseFrame(socketId: string): Promise<GatewayError | undefined> {
    const retryAfterMs = await this.frames.take(socketId);
    return retryAfterMs === undefined
      ? undefined
      : new GatewayError(
          'RATE_LIMIT_EXCEEDED',
          `At most ${FRAMES.points} frames in ${FRAMES.durationSeconds} seconds are read from one socket.`,
          { retryAfterMs },
        );
  }

  /** @throws GatewayError RATE_LIMIT_EXCEEDED where a user sends too many requests over REST */
  async assertRequest(userId: string): Promise<void> {
    const retryAfterMs = await this.requests.take(userId);
    if (retryAfterMs === undefined) return;
    throw new GatewayError(
      'RATE_LIMIT_EXCEEDED',
      `At most ${REQUESTS.points} requests in ${REQUESTS.durationSeconds} seconds are taken from one user.`,
      { retryAfterMs },
    );
  }

  /**
   * @param bytes of the question
   * @throws GatewayError RATE_LIMIT_EXCEEDED where a user asks too often
   */
  async assertQuestion(userId: string, bytes = 0): Promise<void> {
    const retryAfterMs = await this.questions.take(userId, 1 + Math.floor(bytes / QUESTION_BYTES));
    if (retryAfterMs === undefined) return;
    throw new GatewayError(
      'RATE_LIMIT_EXCEEDED',
      `At most ${QUESTIONS.points} questions in ${QUESTIONS.durationSeconds} seconds are answered to one user; each ${QUESTION_BYTES / 1024} KiB of one count as one more.`,
      { retryAfterMs },
    );
  }
}
