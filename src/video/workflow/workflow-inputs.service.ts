import { Inject, Injectable, Logger } from '@nestjs/common';
import { Readable } from 'node:stream';
import { GatewayError } from '../../common/errors/gateway-error.js';
import { MediaStoreError } from '../../media/media-store-error.js';
import { MediaStore } from '../../media/media-store.js';
import { RemoteFiles, type FetchedFile } from '../../media/remote-files.js';
import { InputKeys } from '../life/input-keys.js';
import type { VideoInputFile } from '../store/video-record.js';
import type { WorkflowWish } from './workflow-wish.js';

const RETRY_MS = 5_000;

/** What workflows build on: fetched from where the user says, checked, and kept as long as the video's own files. */
@Injectable()
export class WorkflowInputs {
  /** How long storing a file may take: its user waits, and its memory with it. A test waits for less. */
  keepWithinMs = 30_000;
  private readonly logger = new Logger(WorkflowInputs.name);

  constructor(
    @Inject(RemoteFiles) private readonly files: RemoteFiles,
    @Inject(MediaStore) private readonly media: MediaStore,
    @Inject(InputKeys) private readonly keys: InputKeys,
  ) {}

  /**
   * Fetches what a workflow builds on, plans with it, and keeps it if there is a plan.
   * @param plan is given the file, if the workflow names one; whatever it throws is thrown, and nothing kept
   * @throws GatewayError VALIDATION_ERROR naming the field, PAYLOAD_TOO_LARGE, LIMIT_EXCEEDED, UNAVAILABLE
   */
  async plan<T>(
    userId: string,
    { source }: WorkflowWish,
    plan: (file: FetchedFile | undefined) => T,
  ): Promise<{ plan: T; input?: VideoInputFile }> {
    if (!source) return { plan: plan(undefined) };
    return this.files.use(source.url, { ...source, userId }, async (file) => {
      const planned = plan(file);
      return { plan: planned, input: await this.keep(userId, file) };
    });
  }

  /** Nobody needs it. Never throws: what is left is swept up later (StrayInputs). */
  async drop(input: VideoInputFile | undefined): Promise<void> {
    if (!input) return;
    await this.media
      .delete(input.key)
      .catch((error: unknown) => this.logger.warn(`An input was left behind: ${(error as Error).message}`));
  }

  private async keep(userId: string, file: FetchedFile): Promise<VideoInputFile> {
    const { bytes, mediaType, width, height, seconds, frames } = file;
    const target = { key: this.keys.make(userId, mediaType), mediaType, maxBytes: bytes.length };
    const signal = AbortSignal.timeout(this.keepWithinMs);
    try {
      const stored = await this.media.put(Readable.from([bytes]), target, { signal });
      return {
        ...{ ...stored, width, height },
        ...(seconds === undefined ? {} : { seconds }),
        ...(frames === undefined ? {} : { frames }),
      };
    } catch (error) {
      if (!signal.aborted && !(error instanceof MediaStoreError)) throw error;
      this.logger.error(`An input could not be kept (${error instanceof MediaStoreError ? error.fault : 'too slow'})`);
      throw new GatewayError('UNAVAILABLE', 'Files can not be kept now.', { retryAfterMs: RETRY_MS, cause: error });
    }
  }
}
