import type { MediaState } from './media-store.js';

/** What a file that is opened by itself, in a tab, may load: itself. */
const OWN_PAGE = "default-src 'none'; media-src 'self'; img-src 'self'; style-src 'unsafe-inline'";

/**
 * The headers of a file. Whoever has the link may show it, on pages of any origin; a browser keeps it as long as the
 * link is good, and it tells its type, which nobody is to guess.
 * @param leftMs how long the link is good for
 */
export function mediaHeaders({ key, mediaType, etag, modifiedAt }: MediaState, leftMs: number): Record<string, string> {
  return {
    'Content-Type': mediaType,
    'Content-Disposition': `inline; filename="${key}"`,
    'Content-Security-Policy': OWN_PAGE,
    'X-Content-Type-Options': 'nosniff',
    'Accept-Ranges': 'bytes',
    ETag: `"${etag}"`,
    'Last-Modified': modifiedAt.toUTCString(),
    'Cache-Control': `private, max-age=${Math.floor(leftMs / 1_000)}`,
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Expose-Headers': 'Accept-Ranges, Content-Length, Content-Range, ETag, X-Request-Id',
    'Cross-Origin-Resource-Policy': 'cross-origin',
  };
}
