import type { VideoErrorKind } from '../contract/video-provider-error.js';
import type { JsonObject } from '../http/json.js';

/** The exception to "never by the message's text": Runway has no code for an account without credits, and answers 400. */
const NO_CREDITS = /not have enough credits/i;

/** What Runway's refusals say that their status doesn't. */
export function readRunwayRefusal({ error }: JsonObject, status: number): VideoErrorKind | undefined {
  return status === 400 && typeof error === 'string' && NO_CREDITS.test(error) ? 'quota_exhausted' : undefined;
}
