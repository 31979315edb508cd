import { ProviderError } from '../contract/provider-error.js';
import { PartStream, type PartStreamOptions } from './part-stream.js';
import { readText } from './read-text.js';
import type { TransportResponse } from './transport-response.js';

const STRAY_BODY_LIMIT_BYTES = 64 * 1024;

/**
 * The parts of a streamed answer whose headers are there.
 * @throws ProviderError where the answer is a page or a JSON document instead of a stream: the vendor's own failure if
 * the document is one, else `malformed_response`.
 */
export async function openPartStream(response: TransportResponse, options: PartStreamOptions): Promise<PartStream> {
  const contentType = response.headers.get('content-type') ?? '';
  if (!/\/(json|html)\b|\+json\b/i.test(contentType)) return new PartStream(response.rawBody, options);
  const text = await readText(response.rawBody, STRAY_BODY_LIMIT_BYTES);
  if (/json/i.test(contentType)) options.reader.read(text, []);
  throw new ProviderError(options.providerId, 'malformed_response', 'The provider answered without a stream', {
    status: response.status,
  });
}
