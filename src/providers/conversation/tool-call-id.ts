import { createHash, randomUUID } from 'node:crypto';

/** Of a mapped id; together with its prefix it fits every vendor's pattern and length. */
const DIGEST_CHARACTERS = 24;

/**
 * The id of a tool call as a vendor takes it: itself where it fits, else one that always comes out the same for it, so
 * that a call and its result go on belonging together.
 */
export function fittingToolCallId(id: string, fits: RegExp): string {
  if (fits.test(id)) return id;
  return `call_${createHash('sha256').update(id).digest('hex').slice(0, DIGEST_CHARACTERS)}`;
}

/** An id for a call whose server gave it none. */
export function newToolCallId(): string {
  return `call_${randomUUID().replaceAll('-', '').slice(0, DIGEST_CHARACTERS)}`;
}
