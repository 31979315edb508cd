import { checkedKey, mediaTypeOf } from './media-key.js';
import type { PutMedia } from './media-store.js';

/** @throws Error where the key says another type than the one given: the stores tell it by the key alone */
export function assertTypeFits({ key, mediaType }: PutMedia): void {
  if (mediaTypeOf(checkedKey(key)) === mediaType) return;
  throw new Error(`The key ${key} is none of a file of type ${mediaType}; mediaKey() makes one`);
}
