import { Inject, Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { readJsonBody } from '../common/http/read-json-body.js';
import { ENVIRONMENT } from '../config/config.module.js';
import type { Environment } from '../config/environment.js';
import { BodyBudget, type BodyShare } from './body-budget.js';

/** Of all that may be read at once; what a user sends in one burst is a fourth, so that no single one shuts others out. */
const USERS_SHARE = 1 / 4;
/** A user's burst of requests (ConnectionLimits), and that of ten. */
const BODIES_PER_USER = 500;
const BODIES = 5_000;

/** Reads large bodies of requests, within what a node may hold of such and of unfinished messages on its sockets. */
@Injectable()
export class RequestBodies {
  /** Of one body. */
  readonly mostBytes: number;
  /** For one of no size; each SLOWEST_BYTES have a second more. */
  readonly timeoutMs: number;
  private readonly budget: BodyBudget;

  constructor(@Inject(ENVIRONMENT) { http, limits }: Environment) {
    this.mostBytes = http.maxFrameBytes;
    this.timeoutMs = http.bodyTimeoutMs;
    this.budget = new BodyBudget({
      bytes: Math.max(http.bodyBytes, http.maxFrameBytes),
      bytesPerUser: Math.max(http.bodyBytes * USERS_SHARE, http.maxFrameBytes),
      bodies: limits.areOn ? BODIES : Infinity,
      bodiesPerUser: limits.areOn ? BODIES_PER_USER : Infinity,
    });
  }

  /** What is being read now. */
  get counters(): { bytes: number; bodies: number } {
    return this.budget.counters;
  }

  /**
   * For what is read elsewhere, piece by piece.
   * @throws GatewayError as BodyBudget
   */
  open(userId: string): BodyShare {
    return this.budget.open(userId, 0);
  }

  /**
   * @param request an authenticated user's
   * @throws GatewayError VALIDATION_ERROR, PAYLOAD_TOO_LARGE as readJsonBody; LIMIT_EXCEEDED, QUEUE_OVERFLOW as BodyBudget
   */
  read(userId: string, request: Request): Promise<Record<string, unknown>> {
    const { mostBytes, timeoutMs } = this;
    return readJsonBody(request, {
      mostBytes,
      timeoutMs,
      open: (bytes) => this.budget.open(userId, bytes),
      onTimeout: () => request.res?.setHeader('Connection', 'close'), // else the rest would be waited for
    });
  }
}
