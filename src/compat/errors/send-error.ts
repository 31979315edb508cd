import type { Request, Response } from 'express';
import type { GatewayError } from '../../common/errors/gateway-error.js';
import { refusalHeaders } from '../../common/http/rate-limit-headers.js';
import { wireOf } from './wire-of.js';

/** Answers with an error as the clients of the route's vendor want it. Nothing was sent before. */
export function sendError(error: GatewayError, response: Response): void {
  const request = response.req as Request & { requestId?: string };
  const { requestId = '' } = request;
  response.locals['errorCode'] = error.code;
  if (error.retryAfterMs !== undefined) {
    response.setHeader('Retry-After', Math.ceil(error.retryAfterMs / 1_000));
    response.setHeader('Retry-After-Ms', Math.ceil(error.retryAfterMs));
  }
  response.set(refusalHeaders(error));
  if (!error.isRetryable) response.setHeader('X-Should-Retry', 'false'); // the vendors' clients repeat every 409 otherwise
  const wire = wireOf(request);
  response.status(wire.httpStatus?.(error) ?? error.httpStatus).json(wire.errorBody(error, requestId));
}
