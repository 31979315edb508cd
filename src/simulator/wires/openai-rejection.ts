import { OPENAI } from './openai-vendor.js';
import { Rejection } from './wire.js';

/** What OpenAI says to a request that is no good. */
export function bad(message: string, param: string, code?: string): Rejection {
  const { error } = new Rejection(OPENAI.badRequest(message, param));
  return new Rejection(code === undefined ? error : { ...error, code });
}
