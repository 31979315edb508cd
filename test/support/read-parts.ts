import type { ProviderError } from '../../src/providers/contract/provider-error.js';
import type { StreamPart } from '../../src/providers/contract/stream-part.js';

export interface ReadStream {
  parts: StreamPart[];
  batches: StreamPart[][];
  /** The text deltas, joined. */
  text: string;
  /** What ended the stream, where it didn't end well. */
  error: ProviderError | undefined;
}

/** Reads a stream to its end, good or bad. */
export async function readParts(stream: AsyncIterable<StreamPart[]>): Promise<ReadStream> {
  const batches: StreamPart[][] = [];
  let error: ProviderError | undefined;
  try {
    for await (const batch of stream) batches.push(batch);
  } catch (thrown) {
    error = thrown as ProviderError;
  }
  const parts = batches.flat();
  const text = parts.map((part) => (part.type === 'text-delta' ? part.text : '')).join('');
  return { parts, batches, text, error };
}

/** What a promise is rejected with; the test fails where it isn't. */
export async function rejection(promise: Promise<unknown>): Promise<ProviderError> {
  try {
    await promise;
  } catch (error) {
    return error as ProviderError;
  }
  throw new Error('the promise was expected to be rejected');
}
