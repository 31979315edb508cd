/** What Node and ws keep for each piece that they hold, beside its bytes: about that much, measured on Node 20. */
export const PIECE_BYTES = 256;

const IS_LAST = 0x80;
const IS_MASKED = 0x80;
const MASK_BYTES = 4;
const FIRST_CONTROL = 0x8;

/**
 * Follows the frames of a socket (RFC 6455, 5.2) and tells what the message that is not whole yet takes of the memory:
 * every byte since its beginning, as one byte of it may keep the whole read that brought it, and something for each piece.
 * Frames that break the rules are ws' to refuse.
 */
export class FrameMeter {
  /** 0 where no message is on its way. */
  unfinishedBytes = 0;
  private headerBytes = 0;
  private headerEnd = 0;
  private lengthEnd = 0;
  private length = 0;
  private first = 0;
  private payloadLeft = 0;
  private isFragmented = false;

  /** @returns whether a message ended in it: what is unfinished now has begun in it */
  read(chunk: Buffer): boolean {
    let at = 0;
    let endedAt = 0;
    let pieces = 1;
    while (at < chunk.length) {
      if (this.payloadLeft > 0) {
        const taken = Math.min(this.payloadLeft, chunk.length - at);
        this.payloadLeft -= taken;
        at += taken;
      } else if (!this.readHeader(chunk[at++]!)) continue;
      if (this.payloadLeft > 0) continue;
      if (this.endFrame()) [endedAt, pieces] = [at, 1];
      else pieces++;
    }
    if (endedAt > 0) this.unfinishedBytes = 0;
    if (endedAt < at) this.unfinishedBytes += at - endedAt + pieces * PIECE_BYTES;
    return endedAt > 0;
  }

  /** @returns whether that was the last byte of a frame's header */
  private readHeader(byte: number): boolean {
    const index = this.headerBytes++;
    if (index === 0) {
      this.first = byte;
      return false;
    }
    if (index === 1) {
      const short = byte & 0x7f;
      const extended = short === 126 ? 2 : short === 127 ? 8 : 0;
      this.length = extended > 0 ? 0 : short;
      this.lengthEnd = 2 + extended;
      this.headerEnd = this.lengthEnd + (byte & IS_MASKED ? MASK_BYTES : 0);
    } else if (index < this.lengthEnd) this.length = this.length * 256 + byte;
    if (this.headerBytes < this.headerEnd) return false;
    this.headerBytes = 0;
    this.payloadLeft = this.length;
    return true;
  }

  /** @returns whether nothing is on its way after it */
  private endFrame(): boolean {
    if ((this.first & 0x0f) < FIRST_CONTROL) this.isFragmented = (this.first & IS_LAST) === 0;
    return !this.isFragmented;
  }
}
