import { videoLine } from '../api/video-line.js';
import type { VideoFile, VideoRecord } from '../store/video-record.js';
import { costOfSteps, endedSteps, firstCharge, plannedSteps } from './charged-step.js';
import { chargeFor } from './video-charge.js';
import type { VideoChoice, VideoPlan } from './video-plan.js';
import { holdTerms, outcomeOf } from './video-terms.js';

const SIZE = { width: 1920, height: 1080, resolution: '1080p', aspectRatio: '16:9' } as const;
const FIRST: VideoChoice = {
  ...{ provider: 'sora', operation: 'text-to-video', model: 'sora-2-pro', seconds: 4, ...SIZE },
  ...{ usdPerSecond: '0.7', creditsPerSecond: '1400', amount: '5600000000' },
};
const SECOND: VideoChoice = {
  ...{ provider: 'runway', operation: 'upscale', model: 'up', seconds: 4, aspectRatio: '16:9' },
  ...{ width: 3840, height: 2160, resolution: '4K', usdPerSecond: '0.36', creditsPerSecond: '720' },
  byFrame: { frames: 120, usdPerFrame: '0.012', creditsPerFrame: '24' },
  amount: '2880000000',
};
const file = (seconds: number, size = { width: 1920, height: 1080 }): VideoFile => ({
  ...{ key: 'k', mediaType: 'video/mp4', bytes: 1, sha256: 's', seconds, frames: 30 * seconds, ...size },
});
const LARGE = { width: 3840, height: 2160 };
/** In its second step. */
const second = (seconds = 4): VideoPlan => ({
  choices: [SECOND],
  substitutions: [],
  before: {
    ...{ choice: FIRST, jobId: 'j', media: file(seconds), thumbnail: null, providerCostUsd: null },
    ...{ startedAt: null, endedAt: '2026-11-22T12:00:00.000Z' },
  },
});
const record = (plan: VideoPlan, providerCostUsd: string | null = '1.44') =>
  ({ plan, choice: 0, input: null, providerCostUsd }) as unknown as VideoRecord;
const price = { usdPerSecond: '0.36', creditsPerSecond: '720', usdPerFrame: '0.012', creditsPerFrame: '24' };

describe('the steps of a video of two', () => {
  it('are planned with what each costs at most, which the hold keeps', () => {
    const plan: VideoPlan = { choices: [FIRST], substitutions: [], then: [SECOND] };
    const steps = plannedSteps(plan)!;
    expect(steps.map(videoLine)).toEqual([
      {
        ...{ operation: 'text-to-video', provider: 'sora', model: 'sora-2-pro', unit: 'second', count: 4 },
        ...{ usdPerUnit: '0.7', creditsPerUnit: '1400', credits: 5_600 },
      },
      {
        ...{ operation: 'upscale', provider: 'runway', model: 'up', unit: 'frame', count: 120 },
        ...{ usdPerUnit: '0.012', creditsPerUnit: '24', credits: 2_880 },
      },
    ]);
    expect(JSON.parse(holdTerms(plan))).toMatchObject({ provider: 'runway', resolution: '4K', frames: 120, steps });
    expect(plannedSteps({ choices: [FIRST], substitutions: [] })).toBeUndefined();
  });

  it('are each charged for what they made', () => {
    const video = record(second());
    const charge = chargeFor(video, file(4, LARGE));
    expect(charge.cost).toBe(2_880_000_000n);
    expect(firstCharge(video.plan)?.cost).toBe(5_600_000_000n);
    expect(endedSteps(video, charge)).toEqual([
      expect.objectContaining({ provider: 'sora', seconds: 4, charge: '5600000000' }),
      expect.objectContaining({ seconds: 4, frames: 120, price, charge: '2880000000', providerCostUsd: '1.44' }),
    ]);
  });

  it('are charged for less where the first file is shorter, and the second is all of that', () => {
    const video = record({
      ...second(3),
      choices: [{ ...SECOND, seconds: 3, byFrame: { ...SECOND.byFrame!, frames: 90 } }],
    });
    expect(firstCharge(video.plan)).toMatchObject({ cost: 4_200_000_000n, isLess: true });
    expect(chargeFor(video, file(3, LARGE))).toMatchObject({ cost: 2_160_000_000n, frames: 90, isLess: false });
  });

  it('cost the house what they did where nothing is charged', () => {
    const [first, last] = endedSteps(record(second(), null), undefined)!;
    expect([first!.seconds, first!.charge, last!.seconds, last!.charge]).toEqual([4, '0', 0, '0']);
    expect(videoLine(first!)).toMatchObject({ count: 0, credits: 0 });
  });

  it('that fell back to the first file charge that alone', () => {
    const failed = {
      choice: SECOND,
      failure: { code: 'UPSTREAM_LOST', message: 'x' },
      providerCostUsd: '0.2',
    } as const;
    const plan = { ...second(), choices: [FIRST], before: { ...second().before!, failed } };
    const video = record(plan, null);
    expect(firstCharge(plan)).toBeUndefined();
    const charge = chargeFor(video, file(4));
    const steps = endedSteps(video, charge)!;
    expect(steps.map(({ provider, charge: each }) => [provider, each])).toEqual([
      ['sora', '5600000000'],
      ['runway', '0'],
    ]);
    expect(steps[1]).toMatchObject({ seconds: 0, providerCostUsd: '0.2' });
  });

  it('cost in all what their providers told, if all that made something did', () => {
    const steps = endedSteps(record(second()), chargeFor(record(second()), file(4, LARGE)))!;
    expect(costOfSteps(steps)).toBeUndefined(); // the first one's did not
    const told = [{ ...steps[0]!, providerCostUsd: '2.8' }, steps[1]!];
    expect(costOfSteps(told)).toBe('4.24');
    const outcome = outcomeOf(record(second()), { finishReason: 'completed', seconds: 4, steps: told });
    expect(JSON.parse(outcome)).toMatchObject({ providerCostUsd: '4.24', steps: told });
    expect(
      JSON.parse(outcomeOf(record(second()), { finishReason: 'completed', seconds: 4, steps })),
    ).not.toHaveProperty('providerCostUsd');
  });
});
