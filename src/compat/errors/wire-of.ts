import type { Request } from 'express';
import { ANTHROPIC_ERRORS } from '../anthropic/anthropic-errors.js';
import { OPENAI_ERRORS } from '../openai/openai-errors.js';
import type { ErrorWire } from '../wire.js';

/** Whose client it is: Anthropic's say so in a header, or ask for what only they know. */
export function isAnthropic(request: Pick<Request, 'path' | 'headers'>): boolean {
  return request.path.startsWith('/v1/messages') || request.headers['anthropic-version'] !== undefined;
}

export function wireOf(request: Pick<Request, 'path' | 'headers'>): ErrorWire {
  return isAnthropic(request) ? ANTHROPIC_ERRORS : OPENAI_ERRORS;
}
