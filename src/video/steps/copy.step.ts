import { Inject, Injectable, Logger } from '@nestjs/common';
import { ENVIRONMENT } from '../../config/config.module.js';
import type { Environment } from '../../config/environment.js';
import { MediaStoreError } from '../../media/media-store-error.js';
import { MediaStore, type StoredMedia } from '../../media/media-store.js';
import { UnplayableVideoError } from '../../media/mp4/unplayable-video-error.js';
import { VideoReader } from '../../media/video-reader.js';
import type { VideoProvider } from '../../providers/contract/video-provider.js';
import { VideoProviderRegistry } from '../../providers/video-provider-registry.js';
import { copyKey, THUMBNAIL_TYPES } from '../life/copy-keys.js';
import { VideoStore } from '../store/video.store.js';
import type { VideoFile, VideoRecord } from '../store/video-record.js';
import { VideoEndings } from '../video-endings.service.js';
import { VideoFiles } from '../video-files.service.js';
import { VideoQueue } from '../video-queue.service.js';
import { areCopiesLost, copyFault, copyVerdict, type CopyFault } from './copy-fault.js';
import { again, DONE, type StepOutcome } from './step-outcome.js';

/** A large video over a slow line. */
const COPY_WITHIN_MS = 10 * 60_000;
const THUMBNAIL_WITHIN_MS = 30_000;
const LARGEST_THUMBNAIL_BYTES = 4 * 1024 * 1024;

/** Brings a finished video's bytes into our own store, at once: providers' links last an hour to a day. */
@Injectable()
export class CopyStep {
  private readonly logger = new Logger(CopyStep.name);
  private readonly maxBytes: number;

  constructor(
    @Inject(VideoStore) private readonly store: VideoStore,
    @Inject(VideoQueue) private readonly queue: VideoQueue,
    @Inject(VideoProviderRegistry) private readonly providers: VideoProviderRegistry,
    @Inject(MediaStore) private readonly media: MediaStore,
    @Inject(VideoReader) private readonly reader: VideoReader,
    @Inject(VideoFiles) private readonly files: VideoFiles,
    @Inject(VideoEndings) private readonly endings: VideoEndings,
    @Inject(ENVIRONMENT) { media: settings }: Environment,
  ) {
    this.maxBytes = settings.maxBytes;
  }

  /** @throws what the database or the queue failed with: the job is tried again */
  async run(videoId: string): Promise<StepOutcome> {
    const video = await this.store.find(videoId);
    if (video?.state !== 'copying') return DONE;
    if (video.cancelAskedAt && video.plan.then) {
      await this.endings.cancel(video, ['copying']);
      return DONE;
    }
    if (!video.media) {
      if (areCopiesLost(video)) return this.failed(video, { kind: 'lost', name: 'copies_lost' });
      const provider = this.providers.byConnection(video.connectionId!);
      if (!provider) return this.failed(video, { kind: 'source', name: 'no_connection' });
      const copy = await this.store.beginCopy(videoId);
      if (copy !== undefined) {
        const fault = await this.copy(video, provider, copy);
        if (fault !== undefined) return this.failed(video, fault);
      }
    }
    await this.queue.add('settle', videoId);
    return DONE;
  }

  /**
   * Of the files of all copies that were ever begun those of one stay.
   * @returns why there is none; undefined: there is, this one's or another's that was faster
   * @throws what the database failed with
   */
  private async copy(video: VideoRecord, provider: VideoProvider, copy: number): Promise<CopyFault | undefined> {
    const { id } = video;
    let file: VideoFile;
    try {
      file = await this.videoOf(video, provider, copy);
    } catch (error) {
      await this.tidy(id, copy, copy);
      return copyFault(error);
    }
    const isOurs = await this.store.stored(video, file, await this.thumbnailOf(video, provider, copy));
    if (isOurs) await this.tidy(id, 1, copy - 1);
    else await this.tidy(id, copy, copy);
    return undefined;
  }

  private async videoOf({ id, jobId }: VideoRecord, provider: VideoProvider, copy: number): Promise<VideoFile> {
    const signal = AbortSignal.timeout(COPY_WITHIN_MS);
    const { stream } = await provider.video(jobId!, { signal });
    const mediaType = 'video/mp4';
    const target = { key: copyKey(id, copy, mediaType), mediaType, maxBytes: this.maxBytes };
    const stored = await this.media.put(stream, target, { signal });
    const { width, height, seconds, frames } = await this.reader.read(stored.key).catch(storeFailed);
    return { ...stored, width, height, seconds, frames };
  }

  /** A picture is a nicety: a video without one is complete. */
  private async thumbnailOf(
    { id, jobId }: VideoRecord,
    provider: VideoProvider,
    copy: number,
  ): Promise<StoredMedia | undefined> {
    const signal = AbortSignal.timeout(THUMBNAIL_WITHIN_MS);
    try {
      const content = await provider.thumbnail(jobId!, { signal });
      if (!content) return undefined;
      const { mediaType = '' } = content;
      if (!THUMBNAIL_TYPES.includes(mediaType)) {
        content.stream.on('error', () => {}).destroy(); // nobody reads it; undici calls that an error
        return undefined;
      }
      const target = { key: copyKey(id, copy, mediaType), mediaType, maxBytes: LARGEST_THUMBNAIL_BYTES };
      return await this.media.put(content.stream, target, { signal });
    } catch (error) {
      this.logger.warn(`Video ${id} has no thumbnail (${copyFault(error).name})`);
      return undefined;
    }
  }

  /** What stays all the same goes when the video's files do (VideoFiles). */
  private async tidy(videoId: string, first: number, last: number): Promise<void> {
    try {
      for (let copy = first; copy <= last; copy++) await this.files.removeCopy(videoId, copy);
    } catch (error) {
      this.logger.warn(`Video ${videoId}: what a copy left could not be removed (${(error as Error).name})`);
    }
  }

  private async failed(video: VideoRecord, fault: CopyFault): Promise<StepOutcome> {
    const faults = video.pollFaults + 1;
    const verdict = copyVerdict(fault, faults);
    const isOurs = fault.kind === 'store';
    const text = `Video ${video.id} could not be ${isOurs ? 'stored' : 'copied'}, try ${faults} (${fault.name})`;
    if (isOurs) this.logger.error(`${text}: an operator has to look`);
    else this.logger.warn(text);
    const afterMs = verdict.next === 'fail' ? 0 : verdict.afterMs;
    const noted = await this.store.copyFailed(video, afterMs);
    if (!noted) return DONE; // another copy of it was faster, and is here
    if (verdict.next !== 'fail') return again(noted.isCancelAsked && video.plan.then ? 0 : afterMs);
    await this.endings.fail(video, verdict.reason, { providerFault: fault.name, from: ['copying'] });
    return DONE;
  }
}

/** What was written a moment ago can't be read: unless it is no video, that is the store's fault. */
function storeFailed(error: unknown): never {
  throw error instanceof UnplayableVideoError ? error : new MediaStoreError(error);
}
