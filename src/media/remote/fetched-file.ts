import { imageHeaderOf } from '../../common/images/image-header.js';
import { readMp4 } from '../mp4/read-mp4.js';
import { UnplayableVideoError } from '../mp4/unplayable-video-error.js';
import { RemoteFileError } from './remote-file-error.js';

/** A file of a stranger's, by what it is, not by what its server calls it. */
export interface FetchedFile {
  mediaType: string;
  bytes: Buffer;
  /** In pixels. */
  width: number;
  height: number;
  /** Of a video. */
  seconds?: number;
  /** Likewise: its pictures. */
  frames?: number;
}

/** What every video provider takes. */
const IMAGES: readonly string[] = ['image/png', 'image/jpeg', 'image/webp'];

/** Comments, colour profiles and thumbnails may stand before a JPEG's size. */
const LONGEST_HEADER_BYTES = 1024 * 1024;

/** @throws RemoteFileError where it is none */
export function imageFile(bytes: Buffer): FetchedFile {
  const header = imageHeaderOf(bytes.subarray(0, LONGEST_HEADER_BYTES));
  if (!header?.size || !IMAGES.includes(header.mediaType))
    throw new RemoteFileError('must lead to a PNG, JPEG or WebP image');
  return { mediaType: header.mediaType, bytes, ...header.size };
}

/** @throws RemoteFileError where it is none */
export async function videoFile(bytes: Buffer): Promise<FetchedFile> {
  try {
    const read = (first: number, last: number) => Promise.resolve(bytes.subarray(first, last + 1));
    const { width, height, seconds, frames } = await readMp4({ bytes: bytes.length, read });
    return { mediaType: 'video/mp4', bytes, width, height, seconds, frames };
  } catch (error) {
    if (!(error instanceof UnplayableVideoError)) throw error;
    throw new RemoteFileError(`must lead to an MP4 video that can be played (${error.reason})`, { cause: error });
  }
}
