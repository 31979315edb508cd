import { Module } from '@nestjs/common';
import { join } from 'node:path';
import { ENVIRONMENT } from '../config/config.module.js';
import type { Environment } from '../config/environment.js';
import { DraftSweeper } from './draft-sweeper.js';
import { LocalMediaStore } from './local-media-store.js';
import { MediaLinks } from './media-links.js';
import { loadMediaSecret, MEDIA_SECRET } from './media-secret.js';
import { MediaStore } from './media-store.js';
import { RemoteConnections } from './remote/remote-connections.js';
import { RemoteFiles } from './remote-files.js';
import { S3MediaStore } from './s3-media-store.js';
import { VideoReader } from './video-reader.js';

/** Where files are kept, links to them, and what they are; the route that serves them is MediaRouteModule's. */
@Module({
  providers: [
    { provide: MEDIA_SECRET, useFactory: loadMediaSecret, inject: [ENVIRONMENT] },
    { provide: MediaLinks, useFactory: mediaLinks, inject: [ENVIRONMENT, MEDIA_SECRET] },
    { provide: MediaStore, useFactory: mediaStore, inject: [ENVIRONMENT, MediaLinks] },
    DraftSweeper,
    VideoReader,
    RemoteConnections,
    RemoteFiles,
  ],
  exports: [MEDIA_SECRET, MediaStore, MediaLinks, VideoReader, RemoteFiles],
})
export class MediaModule {}

function mediaLinks(environment: Environment, secret: string | Buffer): MediaLinks {
  const base = environment.media.cdnBaseUrl ?? environment.http.publicUrl?.replace(/\/+$/, '') ?? '';
  return new MediaLinks(secret, base);
}

/** A bucket gives out links of its own, unless a CDN stands before this gateway. */
function mediaStore({ dataDirectory, media }: Environment, links: MediaLinks): MediaStore {
  if (media.s3) return new S3MediaStore(media.s3, media.cdnBaseUrl === undefined ? undefined : links);
  return new LocalMediaStore(join(dataDirectory, 'media'), links);
}
