/** Bytes that are no MP4 that can be played; `reason` is ours and holds nothing of them. */
export class UnplayableVideoError extends Error {
  constructor(
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`Not a video that can be played: ${reason}`, options);
    this.name = 'UnplayableVideoError';
  }
}
