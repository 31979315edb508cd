import { seedOf } from '../seed.js';
import type { JsonObject } from './wire.js';

/** What proves that a thought is the simulator's own and unchanged. */
export function signatureOf(thinking: string): string {
  return Buffer.from(`signed:${seedOf(thinking)}`).toString('base64');
}

/** A thought that was left out of the answer has an empty text. */
export function isSigned({ thinking, signature }: JsonObject): boolean {
  return typeof thinking === 'string' && signature === signatureOf(thinking);
}
