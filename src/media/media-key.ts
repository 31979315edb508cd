import { GatewayError } from '../common/errors/gateway-error.js';

/** What is stored, and how the name of such a file ends. */
const EXTENSIONS: Readonly<Record<string, string>> = {
  'video/mp4': 'mp4',
  'image/webp': 'webp',
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/gif': 'gif',
};

/** No leading dot: names with one are the stores' own, and neither '.' nor '..' is a key. */
const KEY = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}$/;

/** A name that can't leave its folder, whatever it is put into: a path, a URL, a header. */
export function isMediaKey(text: string): boolean {
  return KEY.test(text);
}

/**
 * The key of a file of that type: `video/mp4` and 'a' make 'a.mp4'.
 * @param name unique among those of its type
 */
export function mediaKey(name: string, mediaType: string): string {
  const extension = EXTENSIONS[mediaType];
  if (extension === undefined) throw new Error(`No such files are stored: ${mediaType}`);
  return checkedKey(`${name}.${extension}`);
}

/** What a file is, by its key. */
export function mediaTypeOf(key: string): string {
  const extension = /\.([a-z0-9]+)$/.exec(key)?.[1];
  return Object.keys(EXTENSIONS).find((mediaType) => EXTENSIONS[mediaType] === extension) ?? 'application/octet-stream';
}

/** @throws GatewayError NOT_FOUND: under a name that is no key there can't be a file */
export function checkedKey(key: string): string {
  if (isMediaKey(key)) return key;
  throw noSuchFile();
}

export function noSuchFile(cause?: unknown): GatewayError {
  return new GatewayError('NOT_FOUND', 'There is no such file.', { cause });
}
