import type { CompletionRequest } from '../../completions/completion-request.js';
import type { EmbeddingRequest } from '../../providers/contract/text-request.js';
import { BodySchema } from '../http/body-schema.js';
import { defined, withoutNulls } from '../http/fields.js';
import { fingerprintOf } from '../http/fingerprint.js';
import { EMBEDDING_SCHEMA } from './embedding-fields.js';

interface EmbeddingBody {
  model: string;
  input: string | string[] | number[] | number[][];
  dimensions?: number;
  encoding_format?: 'float' | 'base64';
  provider?: string;
  cache?: boolean;
}

const SCHEMA = new BodySchema(EMBEDDING_SCHEMA, Object.keys(EMBEDDING_SCHEMA['properties'] as object));

/**
 * Reads the body of `POST /v1/embeddings`.
 * @throws GatewayError VALIDATION_ERROR naming the field at fault
 */
export function readEmbeddingRequest(given: Record<string, unknown>, id: string): CompletionRequest {
  const fields = withoutNulls(given);
  SCHEMA.assert(fields);
  const body = fields as unknown as EmbeddingBody;
  const request: Omit<CompletionRequest, 'fingerprint'> = {
    id,
    type: 'embedding',
    provider: body.provider ?? 'auto',
    model: body.model,
    messages: [],
    inputs: inputsOf(body.input),
    vectors: { encoding: body.encoding_format ?? 'float', ...defined({ dimensions: body.dimensions }) },
    hasSingleInput: false,
    isStreamed: false,
    isBackground: false,
    options: {},
    mayFallBack: true,
    mayClampToBalance: false,
    mayUseCache: body.cache ?? false,
  };
  return { ...request, fingerprint: fingerprintOf(request) };
}

/** A list of numbers is one text's tokens. */
function inputsOf(input: EmbeddingBody['input']): EmbeddingRequest['inputs'] {
  if (typeof input === 'string') return [input];
  return isTokens(input) ? [input] : input;
}

function isTokens(input: string[] | number[] | number[][]): input is number[] {
  return typeof input[0] === 'number';
}
