import type { StoredRequest } from '../billing/ledger/stream-log.js';
import { receiptOf } from './receipt.js';

const price = { source: 'genai-prices', inputUsdPerMtok: 30, outputUsdPerMtok: 60, cachedInputUsdPerMtok: 30 };
const terms = { type: 'chat', model: 'gpt-4', provider: 'openai', promptTokens: 20, price };
const stored = (changes: Partial<StoredRequest>): StoredRequest => ({
  status: 'settled',
  fingerprint: 'f',
  owner: 'node-1',
  finalSeq: 4,
  endedForMs: 1,
  ageMs: 2,
  terms,
  outcome: null,
  charged: 780_000n,
  amount: 2_000_000n,
  shortfall: 1n,
  createdAt: new Date(0),
  closedAt: new Date(1),
  ...changes,
});

/** As close_one of ledger.sql writes it. */
const reaped = (inputTokens: number, outputTokens: number, asked: number) => ({
  usageSource: 'reaper',
  tokens: outputTokens,
  asked,
  usage: { inputTokens, outputTokens },
  model: 'gpt-4',
  provider: 'openai',
  finishReason: 'node_lost',
  latency: 12_000,
});

describe('the receipt of a request whose node was lost', () => {
  test('counts the prompt and what the log had, at the price of the hold', () => {
    const outcome = reaped(20, 3, 780_001);
    expect(receiptOf('x', stored({ outcome }), { balanceAfter: 5_000_000n })).toEqual({
      id: 'x',
      type: 'chat',
      background: false,
      answer: null,
      status: 'settled',
      model: 'gpt-4',
      provider: 'openai',
      price,
      usage: { promptTokens: 20, completionTokens: 3, totalTokens: 23 },
      usageSource: 'reaper',
      attempts: [],
      hold: 2,
      charge: 0.78,
      shortfall: 0.000001,
      balanceAfter: 5,
      finishReason: 'node_lost',
      error: 'UPSTREAM_LOST',
      createdAt: '1970-01-01T00:00:00.000Z',
      closedAt: '1970-01-01T00:00:00.001Z',
    });
  });

  test('counts nothing where nothing was logged', () => {
    const outcome = reaped(0, 0, 0);
    const receipt = receiptOf('x', stored({ status: 'released', charged: 0n, shortfall: 0n, outcome }), {});
    expect(receipt).toMatchObject({ usage: { totalTokens: 0 }, charge: 0, balanceAfter: null });
  });

  test('has no price where the hold kept none', () => {
    const { price: _price, ...bare } = terms;
    expect(receiptOf('x', stored({ terms: bare, outcome: reaped(20, 3, 1) }), {}).price).toBeNull();
  });
});

test('the receipt of a request that runs tells what it asks for, and at what price', () => {
  const running = stored({ status: 'pending', charged: null, closedAt: null, shortfall: 0n });
  expect(receiptOf('x', running, {})).toMatchObject({
    status: 'pending',
    model: 'gpt-4',
    provider: 'openai',
    price,
    usage: null,
    attempts: [],
    charge: null,
    finishReason: null,
    error: null,
  });
});

test('a request that nobody answered has no price', () => {
  const outcome = {
    ...reaped(0, 0, 0),
    usageSource: 'estimated',
    finishReason: 'error',
    attempts: [],
    error: 'ALL_PROVIDERS_FAILED',
  };
  expect(receiptOf('x', stored({ outcome }), {})).toMatchObject({ price: null, error: 'ALL_PROVIDERS_FAILED' });
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
  expect(receiptOf('x', stored({ outcome }), {})).toMatchObject({
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

test('a durable request shows its answer while that is kept', () => {
  const durable = stored({ owner: 'queue', outcome: reaped(20, 3, 1) });
  const frame = { id: 'x', type: 'completion', data: 'text' };
  expect(receiptOf('x', durable, { answer: JSON.stringify(frame) })).toMatchObject({ background: true, answer: frame });
  expect(receiptOf('x', durable, {})).toMatchObject({ background: true, answer: null });
});

describe('the receipt of a video', () => {
  const price = { usdPerSecond: '0.1', creditsPerSecond: '200' };
  const choice = { provider: 'sora', model: 'sora-2', price };
  const ordered = { type: 'video', ...choice, seconds: 8, resolution: '720p', aspectRatio: '16:9' };
  const shown = { usdPerSecond: 0.1, creditsPerSecond: 200 };
  const nothing = { usage: null, usageSource: null, attempts: [], background: false, answer: null };

  test('tells while it is made what was ordered', () => {
    const running = stored({ status: 'pending', terms: ordered, charged: null, closedAt: null });
    expect(receiptOf('v', running, {})).toMatchObject({
      ...nothing,
      type: 'video',
      provider: 'sora',
      price: shown,
      video: { seconds: 8, resolution: '720p', aspectRatio: '16:9', providerCostUsd: null, providerCostSource: null },
      charge: null,
      finishReason: null,
      error: null,
    });
  });

  test('tells who made it in the end, what was delivered and what that cost there', () => {
    const dearer = { usdPerSecond: '0.12', creditsPerSecond: '240' };
    const outcome = {
      provider: 'runway',
      model: 'gen4.5',
      seconds: 7,
      price: dearer,
      providerCostUsd: '0.84',
      finishReason: 'completed',
    };
    expect(receiptOf('v', stored({ terms: ordered, outcome }), { balanceAfter: 1n })).toMatchObject({
      ...nothing,
      provider: 'runway',
      model: 'gen4.5',
      price: { usdPerSecond: 0.12, creditsPerSecond: 240 },
      video: { seconds: 7, providerCostUsd: 0.84, providerCostSource: 'provider' },
      charge: 0.78,
      balanceAfter: 0.000001,
      finishReason: 'completed',
      error: null,
    });
  });

  test('takes the list price where the provider tells no cost', () => {
    const outcome = { ...choice, seconds: 3, finishReason: 'completed' };
    const made = receiptOf('v', stored({ terms: ordered, outcome }), {});
    expect(made.video).toMatchObject({ providerCostUsd: 0.3, providerCostSource: 'listed' });
  });

  test('tells what of it was charged: frames, or a smaller picture', () => {
    const perFrame = { usdPerSecond: '0.72', creditsPerSecond: '1440', usdPerFrame: '0.012', creditsPerFrame: '24' };
    const terms = { ...ordered, frames: 480, price: perFrame };
    const running = receiptOf('v', stored({ status: 'pending', terms, charged: null, closedAt: null }), {});
    expect([running.video, running.price]).toMatchObject([
      { frames: 480 },
      { usdPerFrame: 0.012, creditsPerFrame: 24 },
    ]);
    const outcome = { ...choice, seconds: 4, frames: 240, price: perFrame, finishReason: 'completed' };
    const made = receiptOf('v', stored({ terms, outcome }), {});
    expect(made.video).toMatchObject({ seconds: 4, frames: 240, providerCostUsd: 2.88, providerCostSource: 'listed' });
    const lesser = { ...choice, seconds: 8, resolution: '480p', finishReason: 'completed' };
    expect(receiptOf('v', stored({ terms: ordered, outcome: lesser }), {}).video).toMatchObject({ resolution: '480p' });
  });

  test('tells no cost of a video that came and was charged nothing, where the provider tells none', () => {
    const outcome = { ...choice, seconds: 0, finishReason: 'completed' };
    const free = receiptOf('v', stored({ status: 'released', charged: 0n, terms: ordered, outcome }), {});
    expect(free.video).toMatchObject({ providerCostUsd: null, providerCostSource: null });
  });

  test('tells why there is none', () => {
    const outcome = { ...choice, seconds: 0, finishReason: 'failed', error: 'SUBMIT_UNKNOWN' };
    const failed = stored({ status: 'released', charged: 0n, terms: ordered, outcome });
    expect(receiptOf('v', failed, {})).toMatchObject({
      video: { seconds: 0, providerCostUsd: null },
      charge: 0,
      finishReason: 'failed',
      error: 'SUBMIT_UNKNOWN',
    });
  });

  test('says so where everybody forgot it until its hold ran out', () => {
    const lost = stored({ status: 'released', charged: 0n, terms: ordered, outcome: reaped(0, 0, 0) });
    expect(receiptOf('v', lost, {})).toMatchObject({
      provider: 'sora',
      price: shown,
      video: { seconds: 0 },
      error: 'UPSTREAM_LOST',
    });
  });
});
