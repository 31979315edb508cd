import type { FormFile } from './request-fields.js';

/** The file in a base64 data URI; undefined: it is none. */
export function readDataUri(text: string): FormFile | undefined {
  const [, mediaType, data] = /^data:([a-z0-9.+-]+\/[a-z0-9.+-]+);base64,([A-Za-z0-9+/]+=*)$/i.exec(text) ?? [];
  if (mediaType === undefined || data === undefined) return undefined;
  return { mediaType, bytes: Buffer.from(data, 'base64') };
}
