import { numbersFrom, seedOf } from '../seed.js';
import { promptTokensOf } from '../tokens.js';
import { OPENAI } from './openai-vendor.js';
import { Rejection, type JsonObject } from './wire.js';

const DIMENSIONS: Record<string, number> = {
  'text-embedding-3-small': 1536,
  'text-embedding-3-large': 3072,
  'text-embedding-ada-002': 1536,
};
const OTHER_DIMENSIONS = 8;
const INPUTS_LIMIT = 2048;

/** Text, or the token numbers of it. */
type EmbeddingInput = string | number[];

/** What a request for embeddings asks for. */
export interface EmbeddingRequest {
  model: string;
  inputs: EmbeddingInput[];
  dimensions: number;
  isBase64: boolean;
}

/** @throws Rejection where the vendor would answer 400. */
export function parseEmbeddingRequest(body: JsonObject): EmbeddingRequest {
  const { model, encoding_format: format } = body;
  if (typeof model !== 'string' || model === '') throw bad('you must provide a model parameter', 'model');
  if (format !== undefined && format !== 'float' && format !== 'base64') {
    throw bad("Invalid 'encoding_format': expected 'float' or 'base64'.", 'encoding_format');
  }
  const dimensions = dimensionsOf(model, body.dimensions);
  return { model, inputs: inputsOf(body.input), dimensions, isBase64: format === 'base64' };
}

function inputsOf(input: unknown): EmbeddingInput[] {
  const isTokens = Array.isArray(input) && typeof input[0] === 'number';
  const inputs: unknown[] = Array.isArray(input) && !isTokens ? input : [input];
  if (inputs.length > 0 && inputs.length <= INPUTS_LIMIT && inputs.every(isInput)) return inputs;
  throw bad("'$.input' is invalid: expected 1 to 2048 texts, none of them empty.", 'input');
}

function isInput(input: unknown): input is EmbeddingInput {
  if (typeof input === 'string') return input !== '';
  return Array.isArray(input) && input.length > 0 && input.every((token) => Number.isInteger(token));
}

function dimensionsOf(model: string, wanted: unknown): number {
  const own = DIMENSIONS[model] ?? OTHER_DIMENSIONS;
  if (wanted == null) return own;
  if (model === 'text-embedding-ada-002') throw bad('This model does not support specifying dimensions.', 'dimensions');
  if (Number.isInteger(wanted) && Number(wanted) >= 1 && Number(wanted) <= own) return Number(wanted);
  throw bad(`Invalid 'dimensions': expected an integer from 1 to ${own}.`, 'dimensions');
}

function bad(message: string, param: string): Rejection {
  return new Rejection(OPENAI.badRequest(message, param));
}

/** Texts count as prompts do; token numbers count themselves. */
export function embeddingTokensOf(inputs: EmbeddingInput[]): number {
  return inputs.reduce((sum, input) => sum + (typeof input === 'string' ? promptTokensOf(input) : input.length), 0);
}

/** A unit vector that depends on the model and the input alone; a shorter one is the beginning of the longer, rescaled. */
export function embeddingVector(model: string, input: EmbeddingInput, dimensions: number): Float32Array {
  const next = numbersFrom(seedOf(`${model}\n${input.toString()}`));
  const vector = Float32Array.from({ length: dimensions }, () => next() * 2 - 1);
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

/** The answer's body; no usage: it reports none. */
export function embeddingBody(request: EmbeddingRequest, promptTokens: number | undefined): object {
  const { model, inputs, dimensions, isBase64 } = request;
  const data = inputs.map((input, index) => {
    const vector = embeddingVector(model, input, dimensions);
    return { object: 'embedding', index, embedding: isBase64 ? base64Of(vector) : Array.from(vector) };
  });
  const usage =
    promptTokens === undefined ? {} : { usage: { prompt_tokens: promptTokens, total_tokens: promptTokens } };
  return { object: 'list', data, model, ...usage };
}

/** Little-endian floats of 32 bits, one after the other. */
function base64Of(vector: Float32Array): string {
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('base64');
}
