import { createHash } from 'node:crypto';
import { Transform, type TransformCallback } from 'node:stream';
import { GatewayError } from '../common/errors/gateway-error.js';

/** Bytes on their way, counted, hashed and capped: one more than `maxBytes` fails it with PAYLOAD_TOO_LARGE. */
export class MeasuredBytes extends Transform {
  /** So far. */
  bytes = 0;
  private readonly hash = createHash('sha256');

  constructor(private readonly maxBytes: number) {
    super();
  }

  /** Lower-case hexadecimal; of everything, once it is through, and to be asked for once. */
  sha256(): string {
    return this.hash.digest('hex');
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, callback: TransformCallback): void {
    this.bytes += chunk.length;
    if (this.bytes > this.maxBytes) return callback(tooLarge(this.maxBytes));
    this.hash.update(chunk);
    callback(null, chunk);
  }
}

function tooLarge(maxBytes: number): GatewayError {
  return new GatewayError('PAYLOAD_TOO_LARGE', `The file must have at most ${maxBytes} bytes.`);
}
