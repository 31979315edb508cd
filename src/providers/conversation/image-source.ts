import type { ImagePart } from '../contract/content-part.js';

/** An image by its address or by its bytes, whichever way it was given: a data URL is bytes. */
export type ImageSource = { url: string } | { data: string; mediaType: string };

const DATA_URL = /^data:([^;,]+)(?:;[^;,]*)*;base64,(.*)$/s;

export function imageSource(image: ImagePart): ImageSource {
  if (!('url' in image)) return { data: image.data, mediaType: image.mediaType };
  const [, mediaType, data] = DATA_URL.exec(image.url) ?? [];
  return mediaType !== undefined && data !== undefined ? { data, mediaType } : { url: image.url };
}

/** The same as an address. */
export function imageUrl(image: ImagePart): string {
  return 'url' in image ? image.url : `data:${image.mediaType};base64,${image.data}`;
}
