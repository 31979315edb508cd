import { createCipheriv, createDecipheriv, randomFillSync, type Cipher } from 'node:crypto';

const KEY_BYTES = 32;
const NONCE_BYTES = 24;
const TAG_BYTES = 16;
const BLOCK_BYTES = 16;
/** GCM's own nonce is the second half; the first one makes the key. */
const HALF = NONCE_BYTES / 2;
/** Random bytes are drawn for so many nonces at once: one by one they cost a fourth of all. */
const NONCES_DRAWN = 128;

/**
 * AES-256-GCM with a key of its own for each text, made of the given one and half of a random nonce of 192 bits
 * (XAES-256-GCM, https://c2sp.org/XAES-256-GCM): with GCM's 96 bits alone a key is good for 2^32 texts (NIST SP 800-38D,
 * 8.3), which a busy log writes within days; so it is for 2^80.
 */
export class Xaes256Gcm {
  /** A block at a time, without any state: it serves every call. */
  private readonly blocks: Cipher;
  /** CMAC's subkey K1, twice: once for each half of a derived key. */
  private readonly masks: Buffer;
  private readonly nonces = Buffer.alloc(NONCES_DRAWN * NONCE_BYTES);
  private nextNonce = NONCES_DRAWN;

  /** @throws RangeError where the key doesn't have 32 bytes */
  constructor(key: Buffer) {
    if (key.length !== KEY_BYTES) throw new RangeError(`a key has ${KEY_BYTES} bytes`);
    this.blocks = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false);
    const subkey = doubled(this.blocks.update(Buffer.alloc(BLOCK_BYTES)));
    this.masks = Buffer.concat([subkey, subkey]);
  }

  /** @returns nonce, ciphertext and tag */
  seal(text: string, context: Buffer, nonce = this.newNonce()): Buffer {
    const cipher = createCipheriv('aes-256-gcm', this.keyFor(nonce), nonce.subarray(HALF)).setAAD(context);
    return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  }

  /** @throws Error where it was sealed with another key or context, or is not as it was sealed */
  open(sealed: Buffer, context: Buffer): string {
    const end = sealed.length - TAG_BYTES;
    if (end < NONCE_BYTES) throw new RangeError('too short for a sealed text');
    const nonce = sealed.subarray(0, NONCE_BYTES);
    const decipher = createDecipheriv('aes-256-gcm', this.keyFor(nonce), nonce.subarray(HALF), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(context).setAuthTag(sealed.subarray(end));
    const text = decipher.update(sealed.subarray(NONCE_BYTES, end));
    decipher.final(); // looks at the tag
    return text.toString('utf8');
  }

  /** Until it is used: the same bytes are drawn anew some calls later. */
  private newNonce(): Buffer {
    if (this.nextNonce === NONCES_DRAWN) {
      randomFillSync(this.nonces);
      this.nextNonce = 0;
    }
    const start = this.nextNonce++ * NONCE_BYTES;
    return this.nonces.subarray(start, start + NONCE_BYTES);
  }

  private keyFor(nonce: Buffer): Buffer {
    const blocks = Buffer.alloc(KEY_BYTES);
    for (let half = 0; half < 2; half++) {
      const start = half * BLOCK_BYTES;
      blocks.set([0, half + 1, 0x58, 0], start);
      blocks.set(nonce.subarray(0, HALF), start + 4);
    }
    for (let index = 0; index < KEY_BYTES; index++) blocks[index]! ^= this.masks[index]!;
    return this.blocks.update(blocks);
  }
}

/** Twice the number in GF(2^128), as CMAC has it (NIST SP 800-38B, 6.1). */
function doubled(block: Buffer): Buffer {
  const twice = Buffer.from(block.map((byte, index) => (byte << 1) | ((block[index + 1] ?? 0) >> 7)));
  if (block[0]! & 0x80) twice[BLOCK_BYTES - 1]! ^= 0x87;
  return twice;
}
