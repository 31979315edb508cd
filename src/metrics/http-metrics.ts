import { Inject, Injectable, Logger } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { Counter, Histogram } from 'prom-client';
import { ANSWER_SECONDS } from './buckets.js';
import { MetricsRegistry } from './metrics-registry.js';

/** Requests over REST, by route: its pattern, never the path that was asked for. At LOG_LEVEL debug each has its line. */
@Injectable()
export class HttpMetrics {
  private readonly logger = new Logger('Http');
  private readonly durations: Histogram<'method' | 'route' | 'status'>;
  private readonly errors: Counter<'route' | 'code'>;

  constructor(@Inject(MetricsRegistry) registry: MetricsRegistry) {
    const registers = [registry];
    this.durations = new Histogram({
      name: 'mcp_http_request_duration_seconds',
      help: 'Requests over REST, to the end of their answer; route: none where there is none.',
      labelNames: ['method', 'route', 'status'],
      buckets: ANSWER_SECONDS,
      registers,
    });
    this.errors = new Counter({
      name: 'mcp_http_errors_total',
      help: 'Requests over REST that were answered with an error, by its code.',
      labelNames: ['route', 'code'],
      registers,
    });
  }

  /** Watches a request; belongs in front of everything that may answer it. */
  readonly watch = (request: Request, response: Response, next: NextFunction): void => {
    const beganAtMs = performance.now();
    response.once('close', () => this.observe(request, response, performance.now() - beganAtMs));
    next();
  };

  private observe(request: Request, response: Response, durationMs: number): void {
    const route = routeOf(request);
    const status = response.writableFinished ? String(response.statusCode) : 'closed';
    this.durations.observe({ method: methodOf(request), route, status }, durationMs / 1_000);
    const code: unknown = response.locals['errorCode'];
    const { requestId } = request as Request & { requestId?: string };
    this.logger.debug(`${methodOf(request)} ${route} ${status}`, {
      requestId,
      code,
      durationMs: Math.round(durationMs),
    });
    if (typeof code === 'string') this.errors.inc({ route, code });
  }
}

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Clients may send any word. */
function methodOf({ method }: Request): string {
  return METHODS.has(method) ? method : 'other';
}

function routeOf(request: Request): string {
  const { path } = (request.route ?? {}) as { path?: unknown };
  return typeof path === 'string' ? path : 'none';
}
