import type { NextFunction, Request, Response } from 'express';
import { isCompatPath } from '../errors/compat-path.js';
import { isAnthropic } from '../errors/wire-of.js';

/** Anthropic's clients look for the request id under another name; `X-Request-Id` is there already. */
export function answerHeaders(request: Request & { requestId?: string }, response: Response, next: NextFunction): void {
  if (isCompatPath(request.path) && isAnthropic(request)) response.setHeader('Request-Id', request.requestId ?? '');
  next();
}
