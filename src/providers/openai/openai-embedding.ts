import { isBase64 } from '../../common/base64.js';
import { ProviderError } from '../contract/provider-error.js';
import type { EmbeddingResult } from '../contract/text-provider.js';
import type { EmbeddingRequest } from '../contract/text-request.js';
import { asCount, asObject } from '../http/json.js';
import { openAiEmbeddingUsage } from './openai-usage.js';

type Vector = EmbeddingResult['vectors'][number];

/**
 * The vectors of an embeddings answer in the inputs' order, which the wire gives by `index`.
 * @param encoding that was asked for: not every server that speaks this wire knows base64
 * @throws ProviderError `malformed_response` where an input has no vector.
 */
export function openAiEmbedding(
  providerId: string,
  answer: unknown,
  inputCount: number,
  encoding: EmbeddingRequest['encoding'] = 'float',
): EmbeddingResult {
  const body = asObject(answer);
  const vectors = new Array<Vector | undefined>(inputCount).fill(undefined);
  const items: unknown[] = Array.isArray(body?.data) ? body.data : [];
  items.forEach((value, position) => {
    const item = asObject(value);
    const index = asCount(item?.index) ?? position;
    const vector = vectorOf(item?.embedding, encoding);
    if (vector !== undefined && index < inputCount) vectors[index] = vector;
  });
  if (!vectors.every((vector) => vector !== undefined)) {
    throw new ProviderError(providerId, 'malformed_response', 'The provider left out the vector of an input');
  }
  const usage = openAiEmbeddingUsage(body?.usage);
  return usage ? { vectors, usage } : { vectors };
}

function vectorOf(value: unknown, encoding: EmbeddingRequest['encoding']): Vector | undefined {
  if (encoding === 'float') return isVector(value) ? value : undefined;
  // It goes into JSON text as it is, so it must be what it should be.
  if (typeof value === 'string') return isBase64(value) ? value : undefined;
  return isVector(value) ? Buffer.from(new Float32Array(value).buffer).toString('base64') : undefined;
}

function isVector(value: unknown): value is number[] {
  return Array.isArray(value) && value.length > 0 && value.every((each) => Number.isFinite(each));
}
