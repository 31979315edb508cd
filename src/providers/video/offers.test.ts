import type { VideoOffer } from '../contract/video-offer.js';
import { RUNWAY_OFFERS } from '../runway/runway-offers.js';
import { SORA_DIALECTS } from '../sora/sora-dialects.js';
import { soraOffers } from '../sora/sora-offers.js';

const all: [string, readonly VideoOffer[]][] = [
  ['openai', soraOffers(SORA_DIALECTS.openai)],
  ['vllm-omni', soraOffers(SORA_DIALECTS['vllm-omni'])],
  ['sglang', soraOffers(SORA_DIALECTS.sglang)],
  ['runway', RUNWAY_OFFERS],
];

const shapeOf = (aspectRatio: string) => {
  const [width, height] = aspectRatio.split(':').map(Number);
  return width! / height!;
};

describe.each(all)('the offers of %s', (_name, offers) => {
  it('name the shape of each picture to 1 %, and its resolution by its shorter side', () => {
    for (const { formats } of offers)
      for (const { width, height, aspectRatio, resolution } of formats) {
        expect(Math.abs(width / height / shapeOf(aspectRatio) - 1)).toBeLessThan(0.011);
        const least = { '720p': 600_000, '1080p': 1_800_000, '4K': 6_000_000 }[resolution];
        expect(width * height).toBeGreaterThanOrEqual(Math.min(least, 720 * 720));
        expect(width * height).toBeLessThan(least * 2.5);
      }
  });

  it('have prices that are decimal text, and lengths that ascend', () => {
    for (const { formats, seconds } of offers) {
      for (const { usdPerSecond } of formats) expect(usdPerSecond).toMatch(/^\d+\.\d{2}$/);
      expect([...seconds].sort((a, b) => a - b)).toEqual(seconds);
    }
  });

  it('say how long a video they take, where they take one', () => {
    for (const { operation, maxInputSeconds } of offers) {
      const takesVideo = ['extend', 'restyle', 'upscale'].includes(operation);
      expect(maxInputSeconds !== undefined).toBe(takesVideo);
    }
  });
});

it('Sora has OpenAI’s list prices', () => {
  const price = (model: string, width: number, height: number) =>
    soraOffers(SORA_DIALECTS.openai)
      .find((offer) => offer.model === model)!
      .formats.find((format) => format.width === width && format.height === height)?.usdPerSecond;
  expect(price('sora-2', 1280, 720)).toBe('0.10');
  expect(price('sora-2-pro', 720, 1280)).toBe('0.30');
  expect(price('sora-2-pro', 1024, 1792)).toBe('0.50');
  expect(price('sora-2-pro', 1920, 1080)).toBe('0.70');
  expect(price('sora-2', 1920, 1080)).toBeUndefined();
});
