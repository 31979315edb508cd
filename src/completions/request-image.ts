import { isBase64 } from '../common/base64.js';
import { IMAGE_MEDIA_TYPES, readImageHeader } from '../common/images/image-header.js';
import type { ImagePart } from '../providers/contract/content-part.js';

/** An image as a client names it: `url`, which may be a `data:` URL, or `data`. */
export interface ImageSource {
  url?: string | undefined;
  /** base64. */
  data?: string | undefined;
  /** Of `data`; absent, or wrong: the bytes say it. */
  mediaType?: string | undefined;
}

const LONGEST_URL_CHARACTERS = 8_192;
/** Decoded. The largest that any of the vendors takes by itself is about that. */
export const MOST_IMAGE_BYTES = 10 * 1024 * 1024;
const MEDIA_TYPES = `${IMAGE_MEDIA_TYPES.slice(0, -1).join(', ')} or ${IMAGE_MEDIA_TYPES.at(-1)}`;

/**
 * The image that a source names. Nothing is fetched: the provider does that.
 * @returns what is wrong with it, as the rest of a sentence about the image
 */
export function readImage({ url, data, mediaType }: ImageSource): ImagePart | string {
  if ((url === undefined) === (data === undefined)) return 'must have url or data, one of them';
  if (data !== undefined) return imageOfData(data, mediaType);
  return /^data:/i.test(url!) ? imageOfDataUrl(url!) : imageOfUrl(url!);
}

function imageOfUrl(url: string): ImagePart | string {
  const isFit = url.length <= LONGEST_URL_CHARACTERS && /^https?:\/\/[^\s\p{Cc}]+$/iu.test(url) && URL.canParse(url);
  if (isFit) return { type: 'image', url };
  return `must have as url an http or https address of at most ${LONGEST_URL_CHARACTERS} characters, or a data: URL in base64`;
}

function imageOfDataUrl(url: string): ImagePart | string {
  const comma = url.indexOf(',');
  const [type, ...parameters] = url.slice('data:'.length, comma === -1 ? 0 : Math.min(comma, 200)).split(';');
  if (parameters.at(-1)?.toLowerCase() !== 'base64') return 'must have its data: URL in base64';
  return imageOfData(url.slice(comma + 1), type === '' ? undefined : type);
}

function imageOfData(data: string, mediaType: string | undefined): ImagePart | string {
  if (mediaType !== undefined && !isKnown(mediaType)) return `must be ${MEDIA_TYPES}`;
  if (data.length > Math.ceil(MOST_IMAGE_BYTES / 3) * 4)
    return `must have at most ${MOST_IMAGE_BYTES / 1024 / 1024} MiB; send larger ones by their url`;
  if (!isBase64(data)) return 'must have its data in base64, without line breaks';
  const header = readImageHeader(data);
  if (!header) return `must be ${MEDIA_TYPES}; its bytes are none of these`;
  return { type: 'image', data, mediaType: header.mediaType };
}

function isKnown(mediaType: string): boolean {
  const type = mediaType.toLowerCase();
  return type === 'image/jpg' || IMAGE_MEDIA_TYPES.some((known) => known === type);
}
