import { ANTHROPIC } from './anthropic-vendor.js';
import { Rejection } from './wire.js';

/** What Anthropic says to a request that is no good. */
export function bad(text: string): Rejection {
  return new Rejection(ANTHROPIC.badRequest(text));
}
