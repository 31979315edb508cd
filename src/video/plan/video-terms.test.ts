import type { VideoPlan } from './video-plan.js';
import { holdTerms, outcomeOf } from './video-terms.js';

const choice = (provider: string) => ({
  provider,
  operation: 'text-to-video' as const,
  model: `${provider}-1`,
  seconds: 8,
  width: 1280,
  height: 720,
  resolution: '720p' as const,
  aspectRatio: '16:9',
  usdPerSecond: '0.1',
  creditsPerSecond: '200',
  amount: '1600000000',
});
const plan: VideoPlan = { choices: [choice('sora'), choice('runway')], substitutions: [] };
const price = { usdPerSecond: '0.1', creditsPerSecond: '200' };

it('a hold tells what its video is to be, by the first choice', () => {
  expect(JSON.parse(holdTerms(plan))).toEqual({
    type: 'video',
    provider: 'sora',
    model: 'sora-1',
    seconds: 8,
    resolution: '720p',
    aspectRatio: '16:9',
    price,
  });
});

it('an end tells who made it, and what that cost there', () => {
  const video = { plan, choice: 1, providerCostUsd: '0.96' };
  expect(JSON.parse(outcomeOf(video, { finishReason: 'completed', seconds: 7.5 }))).toEqual({
    provider: 'runway',
    model: 'runway-1',
    seconds: 7.5,
    price,
    providerCostUsd: '0.96',
    finishReason: 'completed',
  });
});

it('what is charged by the frame says how many and at what price', () => {
  const byFrame = { frames: 480, usdPerFrame: '0.012', creditsPerFrame: '24' };
  const upscale = { choices: [{ ...choice('runway'), byFrame }], substitutions: [] };
  const framePrice = { ...price, usdPerFrame: '0.012', creditsPerFrame: '24' };
  expect(JSON.parse(holdTerms(upscale))).toMatchObject({ frames: 480, price: framePrice });
  const video = { plan: upscale, choice: 0, providerCostUsd: null };
  const failed = { finishReason: 'failed', seconds: 0, error: 'UPSTREAM_LOST' } as const;
  expect(JSON.parse(outcomeOf(video, failed))).toMatchObject({ ...failed, price: framePrice });
  const end = { finishReason: 'completed', seconds: 4, frames: 240, price: framePrice } as const;
  expect(JSON.parse(outcomeOf(video, end))).toEqual({ provider: 'runway', model: 'runway-1', ...end });
});

it('a smaller picture is told with its own price', () => {
  const video = { plan, choice: 0, providerCostUsd: null };
  const lesser = { usdPerSecond: '0.05', creditsPerSecond: '100' };
  const end = { finishReason: 'completed', seconds: 8, price: lesser, resolution: '720p' } as const;
  expect(JSON.parse(outcomeOf(video, end))).toEqual({ provider: 'sora', model: 'sora-1', ...end });
});

it('a bad end tells why, and no cost that the provider did not tell', () => {
  const video = { plan, choice: 0, providerCostUsd: null };
  const end = { finishReason: 'failed', seconds: 0, error: 'SUBMIT_UNKNOWN' } as const;
  expect(JSON.parse(outcomeOf(video, end))).toEqual({ provider: 'sora', model: 'sora-1', price, ...end });
});
