import type { VideoInputFile } from '../store/video-record.js';
import { chargeFor } from './video-charge.js';
import type { VideoChoice } from './video-plan.js';

const CREDIT = 1_000_000n;
const hd: VideoChoice = {
  provider: 'sora',
  operation: 'text-to-video',
  model: 'sora-2',
  seconds: 8,
  width: 1280,
  height: 720,
  resolution: '720p',
  aspectRatio: '16:9',
  usdPerSecond: '0.1',
  creditsPerSecond: '200',
  amount: '1600000000',
};
const lesserHd = {
  width: 1280,
  height: 720,
  resolution: '720p',
  usdPerSecond: '0.3',
  creditsPerSecond: '600',
} as const;
const fullHd: VideoChoice = {
  ...hd,
  ...{ model: 'sora-2-pro', width: 1920, height: 1080, resolution: '1080p' },
  ...{ usdPerSecond: '0.7', creditsPerSecond: '1400', amount: '11200000000', lesser: [lesserHd] },
};
const upscaled: VideoChoice = {
  ...hd,
  ...{
    operation: 'upscale',
    width: 3840,
    height: 2160,
    resolution: '4K',
    usdPerSecond: '0.72',
    creditsPerSecond: '1440',
  },
  ...{ byFrame: { frames: 480, usdPerFrame: '0.012', creditsPerFrame: '24' }, amount: '11520000000' },
};

const charge = (choice: VideoChoice, [width, height, seconds]: [number, number, number], inputSeconds?: number) => {
  const input = inputSeconds === undefined ? null : ({ seconds: inputSeconds } as VideoInputFile);
  return chargeFor({ plan: { choices: [choice], substitutions: [] }, choice: 0, input }, { width, height, seconds });
};

describe('what was delivered as it was ordered', () => {
  it.each<[string, VideoChoice, [number, number, number], number | undefined]>([
    ['all of it', hd, [1280, 720, 8], undefined],
    ['a last frame less', hd, [1280, 720, 7.958], undefined],
    ['more seconds', hd, [1280, 720, 12], undefined],
    ['a larger picture', hd, [1920, 1080, 8], undefined],
    ['sides that a model rounds to 32', hd, [1280, 704, 8], undefined],
    ['an extension', { ...hd, operation: 'extend' }, [1280, 720, 12], 4],
    ['an extension of an odd length', { ...hd, operation: 'extend' }, [1280, 720, 12.5], 4.53],
    ['a longer extension', { ...hd, operation: 'extend' }, [1280, 720, 30], 4],
    ['a restyled video as long as its input', { ...hd, operation: 'restyle' }, [1280, 720, 7.48], 7.51],
  ])('is charged in full: %s', (_, choice, file, inputSeconds) => {
    expect(charge(choice, file, inputSeconds)).toEqual({
      seconds: 8,
      price: { usdPerSecond: '0.1', creditsPerSecond: '200' },
      cost: 1_600n * CREDIT,
      isLess: false,
    });
  });
});

describe('fewer seconds', () => {
  it.each<[string, VideoChoice, [number, number, number], number | undefined, number]>([
    ['than ordered', hd, [1280, 720, 4], undefined, 4],
    ['than ordered, by a little more than half of one', hd, [1280, 720, 7.4], undefined, 7],
    ['added than ordered', { ...hd, operation: 'extend' }, [1280, 720, 6], 4, 2],
    ['than the input had, so that nothing was added', { ...hd, operation: 'extend' }, [1280, 720, 3], 4, 0],
    ['than its input', { ...hd, operation: 'restyle' }, [1280, 720, 4], 8.2, 4],
  ])('%s are what is charged, and somebody looks', (_, choice, file, inputSeconds, seconds) => {
    const expected = { seconds, cost: BigInt(seconds) * 200n * CREDIT, isLess: true };
    expect(charge(choice, file, inputSeconds)).toMatchObject(expected);
  });
});

describe('a smaller picture', () => {
  it('costs what the model takes for one like that', () => {
    expect(charge(fullHd, [1280, 720, 8])).toEqual({
      seconds: 8,
      price: { usdPerSecond: '0.3', creditsPerSecond: '600' },
      resolution: '720p',
      cost: 4_800n * CREDIT,
      isLess: true,
    });
    expect(charge(fullHd, [1600, 900, 4])).toMatchObject({ seconds: 4, cost: 2_400n * CREDIT });
  });

  it('costs as much as the largest of those that it covers', () => {
    const small = { ...lesserHd, width: 960, height: 540, usdPerSecond: '0.1', creditsPerSecond: '200' };
    const choice = { ...fullHd, lesser: [small, lesserHd] };
    expect(charge(choice, [1280, 720, 8]).cost).toBe(4_800n * CREDIT);
    expect(charge(choice, [1000, 600, 8]).cost).toBe(1_600n * CREDIT);
  });

  it.each<[string, VideoChoice, [number, number, number]]>([
    ['that the model does not offer', fullHd, [854, 480, 8]],
    ['of a model that makes one size', hd, [864, 496, 8]],
    ['that lies on its side', hd, [720, 1280, 8]],
    ['in an order of before that was looked at', { ...hd, width: 1920, height: 1080 }, [1280, 720, 8]],
  ])('costs nothing: one %s', (_, choice, file) => {
    expect(charge(choice, file)).toMatchObject({ seconds: 0, cost: 0n, isLess: true });
  });
});

describe('an upscaled video', () => {
  it('costs what the frames of its input do', () => {
    expect(charge(upscaled, [3840, 2160, 8], 8)).toEqual({
      seconds: 8,
      frames: 480,
      price: { usdPerSecond: '0.72', creditsPerSecond: '1440', usdPerFrame: '0.012', creditsPerFrame: '24' },
      cost: 11_520n * CREDIT,
      isLess: false,
    });
  });

  it('costs as much less as it is shorter than its input', () => {
    expect(charge(upscaled, [3840, 2160, 4], 8)).toMatchObject({ frames: 240, cost: 5_760n * CREDIT, isLess: true });
  });

  it.each<[number, number]>([
    [3840, 2880],
    [2880, 2160],
    [2160, 3840],
    [3840, 1640],
  ])('keeps its shape, and is as large as was ordered by one side: %i × %i', (width, height) => {
    expect(charge(upscaled, [width, height, 8], 8)).toMatchObject({ frames: 480, isLess: false });
  });

  it('that is no larger costs nothing', () => {
    expect(charge(upscaled, [1920, 1080, 8], 8)).toMatchObject({ cost: 0n, isLess: true });
  });
});
