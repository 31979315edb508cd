import { Inject, Injectable, Logger } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { mediaKey } from '../../media/media-key.js';
import { MediaStore } from '../../media/media-store.js';
import { RemoteFiles, type FetchedFile } from '../../media/remote-files.js';
import type { VideoInputFile } from '../store/video-record.js';
import type { WorkflowWish } from './workflow-wish.js';

/** What workflows build on: fetched from where the user says, checked, and kept as long as the video's own files. */
@Injectable()
export class WorkflowInputs {
  private readonly logger = new Logger(WorkflowInputs.name);

  constructor(
    @Inject(RemoteFiles) private readonly files: RemoteFiles,
    @Inject(MediaStore) private readonly media: MediaStore,
  ) {}

  /** @throws GatewayError VALIDATION_ERROR naming the field, PAYLOAD_TOO_LARGE */
  async fetch({ source }: WorkflowWish): Promise<FetchedFile | undefined> {
    return source && this.files.fetch(source.url, source);
  }

  async keep({ bytes, mediaType, width, height, seconds }: FetchedFile): Promise<VideoInputFile> {
    const target = { key: mediaKey(`input-${randomUUID()}`, mediaType), mediaType, maxBytes: bytes.length };
    const stored = await this.media.put(Readable.from([bytes]), target);
    return { ...stored, width, height, ...(seconds === undefined ? {} : { seconds }) };
  }

  /** Nobody needs it. Never throws: what is left is a file that nobody can name. */
  async drop(input: VideoInputFile | undefined): Promise<void> {
    if (!input) return;
    await this.media
      .delete(input.key)
      .catch((error: unknown) => this.logger.warn(`An input was left behind: ${(error as Error).message}`));
  }
}
