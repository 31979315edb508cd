import type { Dispatcher } from 'undici';
import type { VideoContent } from '../contract/video-provider.js';
import { VideoProviderError, type VideoErrorKind } from '../contract/video-provider-error.js';
import { retryAfterMs } from '../http/retry-after.js';
import { reachOf } from './link-reach.js';
import { VideoCall } from './video-call.js';
import { videoError } from './video-error.js';
import type { VideoTransport } from './video-transport.js';

const MOST_REDIRECTS = 3;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Where a provider's bytes are fetched, and by whom. */
export interface ContentSource {
  providerId: string;
  transport: VideoTransport;
  /** The provider's own address: its host may be a private one, and its scheme http. */
  baseUrl: string;
  /** The key; sent to the origin of `baseUrl` alone, and no more once a redirect has led away from it. */
  headers?: Record<string, string>;
}

/**
 * Opens the bytes behind a provider's link. At most 3 redirects are followed, to where `reachOf` allows.
 * @throws VideoProviderError; `expired` for a link that is no longer good
 */
export async function openContent(source: ContentSource, url: string, signal: AbortSignal): Promise<VideoContent> {
  const call = new VideoCall(signal, false);
  try {
    signal.throwIfAborted();
    return await follow(source, url, signal);
  } catch (fault) {
    call.fault = fault;
    throw videoError(source.providerId, call, fault);
  }
}

async function follow(source: ContentSource, url: string, signal: AbortSignal): Promise<VideoContent> {
  const base = new URL(source.baseUrl);
  let target = new URL(url, base);
  let isAtHome = true;
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
    isAtHome &&= target.origin === base.origin;
    const headers: Record<string, string> = isAtHome ? { ...source.headers } : {};
    const reach = await reachOf(target, base);
    const answer = await source.transport.download({ url: target, headers, signal, reach });
    const { location } = answer.headers;
    if (!REDIRECTS.has(answer.statusCode) || typeof location !== 'string')
      return contentOf(source, answer, 'authorization' in headers);
    abandon(answer);
    target = new URL(location, target);
  }
  throw refused(source, 'malformed_response', `More than ${MOST_REDIRECTS} redirects`);
}

function contentOf(source: ContentSource, answer: Dispatcher.ResponseData, hadKey: boolean): VideoContent {
  const { statusCode, headers, body } = answer;
  if (statusCode === 200) {
    const bytes = Number(headers['content-length'] ?? NaN);
    const mediaType = String(headers['content-type'] ?? '')
      .split(';')[0]!
      .trim();
    return {
      stream: body,
      ...(Number.isSafeInteger(bytes) ? { bytes } : {}),
      ...(mediaType === '' ? {} : { mediaType }),
    };
  }
  abandon(answer);
  const waitMs = retryAfterMs({ get: (name) => (headers[name] === undefined ? null : String(headers[name])) });
  throw refused(source, kindOf(statusCode, hadKey), `The content was answered ${statusCode}`, {
    status: statusCode,
    ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }),
  });
}

/** Nobody reads the body; undici calls that an error. */
function abandon({ body }: Dispatcher.ResponseData): void {
  body.on('error', () => {}).destroy();
}

/** A signed link that has expired is answered 403 by most stores. */
function kindOf(status: number, hadKey: boolean): VideoErrorKind {
  if (status === 401 || (status === 403 && hadKey)) return 'unauthorized';
  if (status === 403 || status === 404 || status === 410) return 'expired';
  if (status === 429 || status === 503) return 'rate_limited';
  if (status >= 500) return 'server_error';
  return status >= 400 ? 'bad_request' : 'malformed_response';
}

function refused(
  { providerId }: ContentSource,
  kind: VideoErrorKind,
  message: string,
  options: ConstructorParameters<typeof VideoProviderError>[3] = {},
): VideoProviderError {
  return new VideoProviderError(providerId, kind, message, options);
}
