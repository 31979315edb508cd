import { BALANCE_PLACEHOLDER, CREDITS_PLACEHOLDER } from '../../billing/ledger/ledger-operations.js';
import { embeddingFrame } from '../../completions/answer-frames.js';
import { EmbeddingWire } from './embedding-wire.js';

const USAGE = { usage: { inputTokens: 3, outputTokens: 0 }, usageSource: 'provider' as const };
const METADATA = { model: 'text-embedding-3-small', provider: 'openai', latency: 1, finishReason: 'stop', attempts: 1 };

function answer(vectors: (number[] | string)[]) {
  const frame = embeddingFrame('"embd-1"', vectors, false, USAGE, METADATA)
    .replace(CREDITS_PLACEHOLDER, '1')
    .replace(BALANCE_PLACEHOLDER, '2');
  return JSON.parse(new EmbeddingWire().wholeAnswer(frame)) as Record<string, unknown>;
}

it.each([
  ['one list of numbers', [[0.25, -1e-7]]],
  ['lists of numbers', [[1], [2, 3], [-4.5]]],
  ['one base64 text', ['AACAPw==']],
  ['base64 texts', ['AACAPwAAAEA=', 'AACAPw==', 'AA+/']],
])('%s become a list of embeddings', (_, vectors: (number[] | string)[]) => {
  expect(answer(vectors)).toMatchObject({
    object: 'list',
    data: vectors.map((embedding, index) => ({ object: 'embedding', index, embedding })),
    model: 'text-embedding-3-small',
    usage: { prompt_tokens: 3, total_tokens: 3 },
    gateway: { provider: 'openai' },
  });
});
