import { randomUUID } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';

const HEADER = 'X-Request-Id';
/** What a caller's own id may look like; anything else is replaced, as it ends up in logs and headers. */
const ACCEPTABLE = /^[A-Za-z0-9._:-]{1,128}$/;

/** Every answer bears a request id: the caller's own where it is well formed, else a new one. */
export function requestId(request: Request & { requestId?: string }, response: Response, next: NextFunction): void {
  const given = request.get(HEADER);
  request.requestId = given !== undefined && ACCEPTABLE.test(given) ? given : randomUUID();
  response.setHeader(HEADER, request.requestId);
  next();
}
