import { createHash } from 'node:crypto';

/** An event in its seal: digests of it, of its hold and of its entry, where it has them. */
export interface Leaf {
  id: bigint;
  event: Buffer;
  hold: Buffer | null;
  entry: Buffer | null;
}

const ID_BYTES = 8;
/** Half of a digest: enough that none can be found that fits, and half the room. */
const DIGEST_BYTES = 16;
const LEAF_BYTES = ID_BYTES + 3 * DIGEST_BYTES;
const ABSENT = Buffer.alloc(DIGEST_BYTES);

/** Leaves as a seal keeps them: id, event, hold, entry, 56 bytes each; what is absent is zeros. */
export function packLeaves(leaves: readonly Leaf[]): Buffer {
  const packed = Buffer.alloc(leaves.length * LEAF_BYTES);
  leaves.forEach(({ id, event, hold, entry }, position) => {
    const offset = packed.writeBigInt64BE(id, position * LEAF_BYTES);
    [event, hold, entry].forEach((digest, nth) => digest?.copy(packed, offset + nth * DIGEST_BYTES, 0, DIGEST_BYTES));
  });
  return packed;
}

/** @returns undefined where the bytes are no leaves */
export function unpackLeaves(packed: Buffer): Leaf[] | undefined {
  if (packed.length % LEAF_BYTES !== 0) return undefined;
  return Array.from({ length: packed.length / LEAF_BYTES }, (_, position) => {
    const offset = position * LEAF_BYTES;
    const digest = (nth: number) => {
      const start = offset + ID_BYTES + nth * DIGEST_BYTES;
      return packed.subarray(start, start + DIGEST_BYTES);
    };
    return {
      id: packed.readBigInt64BE(offset),
      event: digest(0),
      hold: presentOrNull(digest(1)),
      entry: presentOrNull(digest(2)),
    };
  });
}

/** Whether a digest is the one that was sealed; absent ones are equal. */
export function isSameDigest(one: Buffer | null, other: Buffer | null): boolean {
  if (one === null || other === null) return one === other;
  return one.compare(other, 0, DIGEST_BYTES, 0, DIGEST_BYTES) === 0;
}

/** The digest by which a seal covers its leaves. It is keyed there. */
export function leavesDigest(packed: Buffer): Buffer {
  return createHash('sha256').update(packed).digest();
}

function presentOrNull(digest: Buffer): Buffer | null {
  return digest.equals(ABSENT) ? null : digest;
}
