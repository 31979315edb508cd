/** The store itself failed, not what was to be stored: its disk is full, its bucket is away. Worth trying again later. */
export class MediaStoreError extends Error {
  /** A code such as 'ENOSPC' or 'NoSuchBucket': nothing of what was stored. */
  readonly fault: string;

  constructor(cause: unknown) {
    const { code, name = 'Error' } = cause as { code?: unknown; name?: string };
    const fault = typeof code === 'string' ? code : name;
    super(`Files can't be kept (${fault})`, { cause });
    this.name = 'MediaStoreError';
    this.fault = fault;
  }
}
