import { ProviderError } from '../contract/provider-error.js';
import type { EmbeddingResult } from '../contract/text-provider.js';
import { asCount, asObject } from '../http/json.js';
import { openAiEmbeddingUsage } from './openai-usage.js';

/**
 * The vectors of an embeddings answer in the inputs' order, which the wire gives by `index`.
 * @throws ProviderError `malformed_response` where an input has no vector.
 */
export function openAiEmbedding(providerId: string, answer: unknown, inputCount: number): EmbeddingResult {
  const body = asObject(answer);
  const vectors = new Array<number[] | undefined>(inputCount).fill(undefined);
  const items: unknown[] = Array.isArray(body?.data) ? body.data : [];
  items.forEach((value, position) => {
    const item = asObject(value);
    const index = asCount(item?.index) ?? position;
    if (isVector(item?.embedding) && index < inputCount) vectors[index] = item.embedding;
  });
  if (!vectors.every((vector) => vector !== undefined)) {
    throw new ProviderError(providerId, 'malformed_response', 'The provider left out the vector of an input');
  }
  const usage = openAiEmbeddingUsage(body?.usage);
  return usage ? { vectors, usage } : { vectors };
}

function isVector(value: unknown): value is number[] {
  return Array.isArray(value) && value.length > 0 && value.every((each) => Number.isFinite(each));
}
