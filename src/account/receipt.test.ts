import type { StoredRequest } from '../billing/ledger/stream-log.js';
import { receiptOf } from './receipt.js';

const terms = { type: 'chat', model: 'gpt-4', provider: 'openai', promptTokens: 20 };
const stored = (changes: Partial<StoredRequest>): StoredRequest => ({
  status: 'settled',
  fingerprint: 'f',
  owner: 'node-1',
  finalSeq: 4,
  endedForMs: 1,
  terms,
  outcome: null,
  charged: 780_000n,
  amount: 2_000_000n,
  shortfall: 1n,
  createdAt: new Date(0),
  closedAt: new Date(1),
  ...changes,
});

describe('the receipt of a request whose node was lost', () => {
  test('counts the prompt and what the log had', () => {
    const outcome = { usageSource: 'reaper', tokens: 3, asked: 780_001 };
    expect(receiptOf('x', stored({ outcome }), 5_000_000n)).toEqual({
      id: 'x',
      type: 'chat',
      status: 'settled',
      model: 'gpt-4',
      provider: 'openai',
      price: null,
      usage: { promptTokens: 20, completionTokens: 3, totalTokens: 23 },
      usageSource: 'reaper',
      attempts: [],
      hold: 2,
      charge: 0.78,
      shortfall: 0.000001,
      balanceAfter: 5,
      finishReason: 'error',
      error: 'UPSTREAM_LOST',
      createdAt: '1970-01-01T00:00:00.000Z',
      closedAt: '1970-01-01T00:00:00.001Z',
    });
  });

  test('counts nothing where nothing was logged', () => {
    const outcome = { usageSource: 'reaper', tokens: 0, asked: 0 };
    const receipt = receiptOf('x', stored({ status: 'released', charged: 0n, shortfall: 0n, outcome }), undefined);
    expect(receipt).toMatchObject({ usage: { totalTokens: 0 }, charge: 0, balanceAfter: null });
  });
});

test('a receipt shows every class of tokens that the provider told', () => {
  const outcome = {
    model: 'claude-sonnet-5',
    provider: 'claude',
    finishReason: 'length',
    usage: { inputTokens: 9, outputTokens: 8, cachedInputTokens: 5, cacheWriteTokens: 1, reasoningTokens: 0 },
    usageSource: 'provider',
    attempts: [],
  };
  expect(receiptOf('x', stored({ outcome }), undefined)).toMatchObject({
    model: 'claude-sonnet-5',
    finishReason: 'length',
    error: null,
    usage: {
      promptTokens: 9,
      completionTokens: 8,
      totalTokens: 17,
      cachedTokens: 5,
      cacheWriteTokens: 1,
      reasoningTokens: 0,
    },
  });
});
