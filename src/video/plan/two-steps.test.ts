import { RUNWAY_OFFERS } from '../../providers/runway/runway-offers.js';
import { SORA_DIALECTS } from '../../providers/sora/sora-dialects.js';
import { soraOffers } from '../../providers/sora/sora-offers.js';
import { configuredOffers } from '../../providers/video/configured-offers.js';
import type { VideoFile, VideoRecord } from '../store/video-record.js';
import { fittingPlan, type VideoProviderOffers } from './plan-video.js';
import { firstStepAlone, nextStep, planTwoSteps, stepInput } from './two-steps.js';
import { amountToHold } from './video-price.js';
import type { VideoWish } from './video-wish.js';

const SORA = { id: 'sora', offers: soraOffers(SORA_DIALECTS.openai) };
const RUNWAY = { id: 'runway', offers: RUNWAY_OFFERS };
/** Runway with these of its models alone. */
const runway = (...names: string[]) => ({
  id: 'runway',
  offers: configuredOffers(
    names.map((name) => ({ name })),
    { offers: RUNWAY_OFFERS },
  ).offers,
});
const UPSCALER = runway('magnific_video_upscaler_creative');
const CAT: VideoWish = { operation: 'text-to-video', prompt: 'A cat', duration: 16, resolution: '4K' };
const NOW = new Date('2026-11-22T12:00:00Z');
const FILE: VideoFile = {
  ...{ key: 'k', mediaType: 'video/mp4', bytes: 1, sha256: 's' },
  ...{ width: 1920, height: 1080, seconds: 16.02, frames: 480 },
};

const plan = (wish = CAT, providers: VideoProviderOffers[] = [SORA, RUNWAY]) => planTwoSteps(providers, wish, '2000')!;
/** A video whose first file is there, made by its first choice. */
const made = (file: Partial<VideoFile> = {}, changes: Partial<VideoRecord> = {}) =>
  ({
    ...{ plan: plan(), choice: 0, jobId: 'j', media: { ...FILE, ...file }, thumbnail: null, input: null },
    ...{ providerCostUsd: '11.2', submittingAt: NOW },
    ...changes,
  }) as unknown as VideoRecord;

describe('a video of two steps', () => {
  it('is made at the size nearest to the default, and then enlarged, where nobody makes it at once', () => {
    expect(fittingPlan([SORA, RUNWAY], CAT, '2000')).toBeUndefined();
    const { choices, then, substitutions } = plan();
    expect(choices[0]).toMatchObject({
      ...{ provider: 'sora', model: 'sora-2-pro', seconds: 16, width: 1920, amount: '22400000000' },
    });
    expect(then).toEqual([
      expect.objectContaining({ provider: 'runway', operation: 'upscale', seconds: 16, width: 3840, height: 2160 }),
    ]);
    expect(substitutions).toEqual([]);
  });

  it('is held for the most frames that its first file may have, half a second more than was ordered included', () => {
    const { then } = plan(); // sora: nobody says, so 30 a second
    expect(then![0]).toMatchObject({ byFrame: { frames: 495, creditsPerFrame: '24' }, amount: '11880000000' });
    expect(amountToHold(plan())).toBe(22_400_000_000n + 11_880_000_000n);
    const veo = plan({ ...CAT, duration: 8 }, [runway('veo3.1', 'magnific_video_upscaler_creative')]);
    expect(veo.then![0]!.byFrame!.frames).toBe(204); // 24 a second
    const twice = { ...plan().choices[0]!, amount: '30000000000' };
    expect(amountToHold({ ...plan(), choices: [plan().choices[0]!, twice] })).toBe(41_880_000_000n);
  });

  it('says what became of what was left out, and nothing of the size that was given', () => {
    const { duration: _, ...wish } = CAT;
    expect(plan(wish, [SORA, UPSCALER]).substitutions).toEqual([{ field: 'duration', wanted: '30', chosen: '20' }]);
  });

  it('keeps its shape', () => {
    const portrait = plan({ ...CAT, aspectRatio: '9:16' });
    expect([portrait.choices[0]!.width, portrait.then![0]!.width]).toEqual([1080, 2160]);
    expect(plan({ ...CAT, aspectRatio: '7:4' }).then![0]).toMatchObject({ aspectRatio: '7:4', width: 3840 });
  });

  it.each<[string, VideoWish, VideoProviderOffers[]]>([
    ['there is nobody who enlarges it', CAT, [SORA]],
    ['nobody makes it in any size', { ...CAT, duration: 60 }, [SORA, RUNWAY]],
    ['no size was given', { operation: 'text-to-video', prompt: 'A cat', duration: 60 }, [SORA, RUNWAY]],
    ['it changes a video', { ...CAT, operation: 'extend' }, [SORA, RUNWAY]],
  ])('is none where %s', (_, wish, providers) => {
    expect(planTwoSteps(providers, wish, '2000')).toBeUndefined();
  });
});

describe('the second step', () => {
  it('goes on from the first file, for the frames that it has', () => {
    const next = nextStep(made(), NOW)!;
    expect(next).not.toHaveProperty('then');
    expect(next.choices).toEqual([
      expect.objectContaining({
        ...{ operation: 'upscale', seconds: 16, amount: '11520000000', usdPerSecond: '0.36', creditsPerSecond: '720' },
        byFrame: { frames: 480, usdPerFrame: '0.012', creditsPerFrame: '24' },
      }),
    ]);
    expect(next.before).toEqual({
      ...{ choice: plan().choices[0], jobId: 'j', media: FILE, thumbnail: null, providerCostUsd: '11.2' },
      ...{ startedAt: NOW.toISOString(), endedAt: NOW.toISOString() },
    });
    expect(stepInput({ plan: next, input: null })).toEqual(FILE);
  });

  it('is never dearer than what was held: with one frame more it is not begun, nor where nobody counted them', () => {
    expect(nextStep(made({ frames: 495 }), NOW)!.choices[0]!.amount).toBe(plan().then![0]!.amount);
    expect(nextStep(made({ frames: 496 }), NOW)).toBeUndefined();
    const { frames: _, ...uncounted } = FILE;
    expect(nextStep({ ...made(), media: uncounted }, NOW)).toBeUndefined();
  });

  it('where seconds are charged costs what the file has of them, at most what was held', () => {
    const { byFrame: _, ...bySecond } = { ...plan().then![0]!, creditsPerSecond: '720', amount: '11520000000' };
    const of = (seconds: number) =>
      nextStep(made({ seconds, frames: 9_999 }, { plan: { ...plan(), then: [bySecond] } }), NOW)!.choices[0];
    expect(of(12.04)).toMatchObject({ seconds: 12, amount: '8640000000' });
    expect(of(17)).toMatchObject({ seconds: 16, amount: '11520000000' });
  });

  it('that comes to nothing leaves the first file, and says that it is no larger', () => {
    const failure = { code: 'UPSTREAM_LOST', message: 'x' } as const;
    const second = made({}, { plan: nextStep(made(), NOW)!, media: null, jobId: 'k', providerCostUsd: '0.5' });
    const alone = firstStepAlone(second, failure, NOW);
    expect(alone.choices).toEqual([plan().choices[0]]);
    expect(alone.substitutions).toEqual([{ field: 'resolution', wanted: '4K', chosen: '1080p' }]);
    expect(alone.before).toMatchObject({
      providerCostUsd: '11.2',
      failed: { failure, choice: { provider: 'runway', operation: 'upscale' }, providerCostUsd: '0.5' },
    });
    expect(alone).not.toHaveProperty('then');
    expect(stepInput({ plan: alone, input: null })).toBeNull();
  });

  it('that is not begun leaves the same', () => {
    const failure = { code: 'UNSUPPORTED_VIDEO', message: 'x' } as const;
    const alone = firstStepAlone(made({ frames: 496 }), failure, NOW);
    expect(alone).not.toHaveProperty('then');
    expect(alone.before).toMatchObject({
      media: { frames: 496 },
      failed: { failure, choice: { provider: 'runway' }, providerCostUsd: null },
    });
  });
});
