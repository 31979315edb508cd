import type { IncomingHttpHeaders } from 'node:http';
import { Agent, request, type buildConnector, type Dispatcher } from 'undici';
import { PrivateAddressError } from '../../common/net/public-lookup.js';
import { RemoteFileError, RemoteFileTooLargeError } from './remote-file-error.js';
import { notPublic, remoteUrl } from './remote-url.js';

export interface DownloadRules {
  connect: buildConnector.connector;
  maxBytes: number;
  /** For the headers of each answer. */
  headersTimeoutMs: number;
  /** Between two pieces of the body. */
  bodyTimeoutMs: number;
  /** Told of each piece before it is kept; may throw a RemoteFileError. */
  take: (bytes: number) => void;
  /** Ends it at any moment. */
  signal: AbortSignal;
}

const MOST_REDIRECTS = 3;
const REDIRECTS = [301, 302, 303, 307, 308];
const REQUEST_HEADERS = { accept: 'image/png, image/jpeg, image/webp, video/mp4', 'accept-encoding': 'identity' };

/**
 * The bytes at a URL that a stranger chose, at most `maxBytes`, over at most three redirects, each of which is checked
 * as the first URL was. Nothing goes along: no cookie, no token, not where it came from.
 * @throws RemoteFileError; the reason of `signal`
 */
export async function download(text: string, rules: DownloadRules): Promise<Buffer> {
  const agent = new Agent({
    connect: rules.connect,
    connections: 1,
    pipelining: 0,
    headersTimeout: rules.headersTimeoutMs,
    bodyTimeout: rules.bodyTimeoutMs,
    maxHeaderSize: 16_384,
  });
  try {
    return await follow(remoteUrl(text), agent, rules);
  } catch (error) {
    rules.signal.throwIfAborted();
    throw error instanceof RemoteFileError ? error : unreachable(error);
  } finally {
    await agent.destroy();
  }
}

async function follow(first: URL, dispatcher: Dispatcher, rules: DownloadRules): Promise<Buffer> {
  let url = first;
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
    const answer = await request(url, { dispatcher, headers: REQUEST_HEADERS, signal: rules.signal });
    const { location } = answer.headers;
    if (!REDIRECTS.includes(answer.statusCode) || typeof location !== 'string') return bodyOf(answer, rules);
    answer.body.on('error', ignore).destroy();
    url = remoteUrl(location, url);
  }
  throw new RemoteFileError('must lead to a file over at most three redirects');
}

async function bodyOf(answer: Dispatcher.ResponseData, { maxBytes, take }: DownloadRules): Promise<Buffer> {
  const { statusCode, headers, body } = answer;
  try {
    if (statusCode !== 200) throw new RemoteFileError(`must lead to a file: it is answered with status ${statusCode}`);
    assertPlain(headers);
    if (Number(headers['content-length'] ?? 0) > maxBytes) throw new RemoteFileTooLargeError(maxBytes);
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of body as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw new RemoteFileTooLargeError(maxBytes);
      take(chunk.length);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } finally {
    body.on('error', ignore).destroy();
  }
}

/** A few bytes may unfold to any number. */
function assertPlain(headers: IncomingHttpHeaders): void {
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding.toLowerCase() !== 'identity') throw new RemoteFileError('must lead to a file that is sent uncompressed');
}

/** Its text may be the stranger's. */
function unreachable(error: unknown): RemoteFileError {
  if (error instanceof PrivateAddressError) return notPublic(error);
  return new RemoteFileError('must lead to a file that can be fetched: its host does not answer as it should', {
    cause: error,
  });
}

function ignore(): void {}
