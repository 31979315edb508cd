import { GatewayError } from '../../common/errors/gateway-error.js';
import type { VideoFormat, VideoOffer } from '../../providers/contract/video-offer.js';
import { planVideo, type VideoProviderOffers } from './plan-video.js';
import type { VideoWish } from './video-wish.js';

const format = (
  resolution: VideoFormat['resolution'],
  aspectRatio: string,
  width: number,
  height: number,
  usdPerSecond: string,
): VideoFormat => ({ resolution, aspectRatio, width, height, usdPerSecond });
const hd = (usd: string) => format('720p', '16:9', 1280, 720, usd);
const upright = (usd: string) => format('720p', '9:16', 720, 1280, usd);
const fullHd = (usd: string) => format('1080p', '16:9', 1920, 1080, usd);

const offer = (
  model: string,
  seconds: number[],
  formats: VideoFormat[],
  more: Partial<VideoOffer> = {},
): VideoOffer => ({
  operation: 'text-to-video',
  model,
  seconds,
  formats,
  ...more,
});
const sora: VideoProviderOffers = {
  id: 'sora',
  offers: [
    offer('sora-2', [4, 8, 12, 20], [hd('0.1'), upright('0.1')]),
    offer('sora-2-pro', [4, 8, 12, 20], [hd('0.3'), upright('0.3'), fullHd('0.7')]),
    offer('sora-2', [4, 8], [hd('0.1'), upright('0.1')], { operation: 'image-to-video', inputMatchesSize: true }),
    offer('sora-2', [4, 8, 12], [hd('0.1')], { operation: 'extend', maxInputSeconds: 60 }),
  ],
};
const runway: VideoProviderOffers = {
  id: 'runway',
  offers: [
    offer('gen4.5', [2, 5, 8, 10], [hd('0.12')], { maxPromptLength: 1_000 }),
    offer('seedance2', [4, 8, 15], [fullHd('0.36'), format('4K', '16:9', 3840, 2160, '0.9')]),
    offer('gen4.5', [5, 8, 10], [hd('0.12'), upright('0.12'), format('720p', '1:1', 960, 960, '0.12')], {
      operation: 'image-to-video',
    }),
    offer('upscaler', [], [{ ...format('4K', '16:9', 3840, 2160, '0.36'), usdPerFrame: '0.012' }], {
      ...{ operation: 'upscale', keepsShape: true, maxInputSeconds: 30 },
    }),
  ],
};

const wish = (more: Partial<VideoWish> = {}): VideoWish => ({ operation: 'text-to-video', prompt: 'a cat', ...more });
const plan = (more: Partial<VideoWish>, providers = [sora, runway]) => planVideo(providers, wish(more), '2000');
const refusal = (more: Partial<VideoWish>, providers = [sora, runway]): GatewayError => {
  try {
    plan(more, providers);
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
  throw new Error('it was planned');
};
const faults = (more: Partial<VideoWish>, providers?: VideoProviderOffers[]) =>
  refusal(more, providers).details!['fields'];

describe('a plan of what was given', () => {
  it('takes the first provider in the order of preference, with its price', () => {
    const { choices, substitutions } = plan({ duration: 8, resolution: '720p', aspectRatio: '16:9' });
    expect(choices[0]).toEqual({
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
    });
    expect(substitutions).toEqual([]);
  });

  it('goes on to whoever makes the very same for about the same price, in order', () => {
    const models = plan({ duration: 8, resolution: '720p', aspectRatio: '16:9' }).choices.map(({ model }) => model);
    expect(models).toEqual(['sora-2', 'gen4.5']); // sora-2-pro takes three times as much
    const turned = plan({ duration: 8, resolution: '720p', aspectRatio: '16:9' }, [runway, sora]).choices;
    expect(turned.map(({ model }) => model)).toEqual(['gen4.5', 'sora-2']);
  });

  it.each([
    ['0.15', ['first', 'second']],
    ['0.150001', ['first']],
    ['0.01', ['first', 'second']],
  ])('lets somebody at %s dollars a second stand in for 0.1 or not: %j', (usd, models) => {
    const both = { id: 'both', offers: [offer('first', [8], [hd('0.1')]), offer('second', [8], [hd(usd)])] };
    const { choices } = plan({ duration: 8, resolution: '720p' }, [both]);
    expect(choices.map(({ model }) => model)).toEqual(models);
  });

  it.each<[Partial<VideoWish>, string]>([
    [{ duration: 10, resolution: '720p' }, 'gen4.5'],
    [{ duration: 15, resolution: '1080p' }, 'seedance2'],
    [{ duration: 8, resolution: '4K' }, 'seedance2'],
    [{ duration: 20, resolution: '1080p' }, 'sora-2-pro'],
  ])('passes over who can not make %j', (given, model) => {
    expect(plan(given).choices.map((choice) => choice.model)).toEqual([model]);
  });

  it('asks nobody for a prompt that is too long there', () => {
    const given = { duration: 8, resolution: '720p', prompt: 'x'.repeat(1_001) };
    expect(plan(given).choices.map(({ provider }) => provider)).toEqual(['sora']);
  });
});

describe('what was left out', () => {
  it('becomes the nearest to the default that the first provider allows, and is told', () => {
    const { choices, substitutions } = plan({});
    expect(choices).toMatchObject([{ model: 'sora-2-pro', seconds: 20, resolution: '1080p', aspectRatio: '16:9' }]);
    expect(substitutions).toEqual([{ field: 'duration', wanted: '30', chosen: '20' }]);
  });

  it('becomes what the first provider has where it has not the default', () => {
    const poor = { id: 'poor', offers: [offer('one', [4, 6], [upright('0.05')])] };
    expect(plan({}, [poor, sora]).substitutions).toEqual([
      { field: 'duration', wanted: '30', chosen: '6' },
      { field: 'resolution', wanted: '1080p', chosen: '720p' },
      { field: 'aspectRatio', wanted: '16:9', chosen: '9:16' },
    ]);
  });

  it('never changes what was given: a length is kept, and the resolution gives way', () => {
    const { choices, substitutions } = plan({ duration: 10 });
    expect(choices).toMatchObject([{ model: 'gen4.5', seconds: 10, resolution: '720p' }]);
    expect(substitutions).toEqual([{ field: 'resolution', wanted: '1080p', chosen: '720p' }]);
  });

  it('follows the input image, which some want as large as the video', () => {
    const image = { operation: 'image-to-video', input: { width: 720, height: 1280 } } as const;
    expect(plan({ ...image, duration: 8 })).toMatchObject({
      choices: [{ provider: 'sora', aspectRatio: '9:16' }, { provider: 'runway' }],
      substitutions: [{ field: 'resolution' }],
    });
    const square = { operation: 'image-to-video', input: { width: 1000, height: 990 }, resolution: '720p' } as const;
    expect(plan({ ...square, duration: 8 })).toMatchObject({
      choices: [{ provider: 'runway', aspectRatio: '1:1' }],
      substitutions: [{ field: 'aspectRatio', wanted: '100:99', chosen: '1:1' }],
    });
  });

  it('is the length of its input where a video is made as long as that', () => {
    const input = { width: 1280, height: 720, seconds: 7.96 };
    const own = {
      id: 'own',
      offers: [offer('restyler', [], [fullHd('0.02')], { operation: 'restyle', maxInputSeconds: 30 })],
    };
    const { choices, substitutions } = plan({ operation: 'restyle', input }, [own]);
    expect(choices).toMatchObject([{ model: 'restyler', seconds: 8, amount: '320000000' }]);
    expect(substitutions).toEqual([]);
  });

  it('of an extension is what is added', () => {
    const input = { width: 1280, height: 720, seconds: 8 };
    const { choices, substitutions } = plan({ operation: 'extend', input });
    expect(choices).toMatchObject([{ seconds: 12 }]);
    expect(substitutions).toContainEqual({ field: 'duration', wanted: '30', chosen: '12' });
  });
});

describe('what is charged by the frame', () => {
  const upscale = (framesPerSecond: number, more: object = {}) =>
    plan({
      operation: 'upscale',
      input: { width: 1280, height: 720, seconds: 8, frames: 8 * framesPerSecond, ...more },
    });

  it.each([
    [24, '0.288', '4608000000'],
    [30, '0.36', '5760000000'],
    [60, '0.72', '11520000000'],
    [240, '2.88', '46080000000'],
  ])('costs what %i frames a second do: %s dollars a second, %s micro-credits', (framesPerSecond, usd, amount) => {
    expect(upscale(framesPerSecond).choices).toMatchObject([
      {
        ...{ seconds: 8, usdPerSecond: usd, amount },
        byFrame: { frames: 8 * framesPerSecond, usdPerFrame: '0.012', creditsPerFrame: '24' },
      },
    ]);
  });

  it('is refused where nobody has counted them', () => {
    const input = { width: 1280, height: 720, seconds: 8 };
    expect(faults({ operation: 'upscale', input })).toMatchObject([{ field: 'input' }]);
  });

  it.each([
    [1440, 1080, '4:3', 3840, 2160],
    [1080, 1920, '9:16', 2160, 3840],
    [854, 480, '16:9', 3840, 2160],
    [1000, 500, '2:1', 3840, 2160],
  ])('keeps the shape of its input: %i × %i is %s', (width, height, aspectRatio, filledWidth, filledHeight) => {
    const { choices, substitutions } = upscale(30, { width, height });
    expect(choices).toMatchObject([{ aspectRatio, width: filledWidth, height: filledHeight }]);
    expect(substitutions.map(({ field }) => field)).toEqual(['resolution']);
  });

  it('is refused in another shape than that', () => {
    const input = { width: 1440, height: 1080, seconds: 8, frames: 240 };
    expect(plan({ operation: 'upscale', input, aspectRatio: '4:3' }).choices).toHaveLength(1);
    expect(faults({ operation: 'upscale', input, aspectRatio: '16:9' })).toContainEqual({
      field: 'aspectRatio',
      message: 'aspectRatio must be 4:3 with the other fields as they are',
    });
  });
});

describe('a smaller picture of the same shape and model', () => {
  it('is kept with its price, for whoever delivers that', () => {
    const [pro, ...others] = plan({ duration: 20, resolution: '1080p' }).choices;
    expect([pro!.model, others]).toEqual(['sora-2-pro', []]);
    expect(pro!.lesser).toEqual([
      { width: 1280, height: 720, resolution: '720p', usdPerSecond: '0.3', creditsPerSecond: '600' },
    ]);
  });

  it('is none that is dearer', () => {
    const odd = { id: 'odd', offers: [offer('one', [8], [hd('0.9'), fullHd('0.7')])] };
    expect(plan({ duration: 8, resolution: '1080p' }, [odd]).choices[0]).not.toHaveProperty('lesser');
  });
});

describe('what nobody makes', () => {
  it('is refused with what each provider allows', () => {
    const error = refusal({ duration: 9, resolution: '720p' });
    expect(error.code).toBe('UNSUPPORTED_VIDEO');
    expect(error.httpStatus).toBe(422);
    expect(error.message).toBe(
      'No configured provider makes this video: duration must be 2, 4, 5, 8, 10, 12, 15 or 20 (seconds).',
    );
    expect(error.details!['providers']).toMatchObject([
      {
        provider: 'sora',
        offers: [
          {
            operation: 'text-to-video',
            model: 'sora-2',
            seconds: [4, 8, 12, 20],
            formats: [{ resolution: '720p', aspectRatios: ['16:9', '9:16'] }],
          },
          { model: 'sora-2-pro' },
          { operation: 'image-to-video' },
          { operation: 'extend', maxInputSeconds: 60 },
        ],
      },
      { provider: 'runway' },
    ]);
  });

  it.each<[string, Partial<VideoWish>, string[]]>([
    [
      'each field that nobody has',
      { duration: 8.5, resolution: '8K', aspectRatio: '21:9' },
      ['duration', 'resolution', 'aspectRatio'],
    ],
    ['each field that would do otherwise', { duration: 20, resolution: '4K' }, ['duration', 'resolution']],
    ['the one field that would do otherwise', { duration: 15, resolution: '4K', aspectRatio: '9:16' }, ['aspectRatio']],
    [
      'all where no single one would do',
      { duration: 10, resolution: '1080p', aspectRatio: '9:16' },
      ['duration', 'resolution', 'aspectRatio'],
    ],
    ['an operation', { operation: 'restyle' }, ['operation']],
    [
      'an input that is too long',
      { operation: 'upscale', input: { width: 1, height: 1, seconds: 31, frames: 930 } },
      ['input'],
    ],
    [
      'a length that is not its input’s',
      { operation: 'upscale', duration: 9, input: { width: 1, height: 1, seconds: 8, frames: 240 } },
      ['input', 'duration'],
    ],
  ])('names %s', (_, given, fields) => {
    expect(faults(given)).toMatchObject(fields.map((field) => ({ field })));
  });

  it('says what would do beside the rest', () => {
    expect(faults({ duration: 20, resolution: '4K' })).toEqual([
      { field: 'duration', message: 'duration must be 4, 8 or 15 (seconds) with the other fields as they are' },
      { field: 'resolution', message: 'resolution must be 720p or 1080p with the other fields as they are' },
    ]);
  });

  it('says how large an image must be, and how long a prompt may', () => {
    const image = { operation: 'image-to-video', input: { width: 100, height: 100 } } as const;
    expect(faults(image, [sora])).toEqual([
      { field: 'input', message: 'input must be an image of 1280x720 or 720x1280 pixels' },
    ]);
    expect(faults({ prompt: 'x'.repeat(1_001), duration: 10, resolution: '720p' })).toMatchObject([
      { field: 'prompt', message: 'prompt must be at most 1000 characters long with the other fields as they are' },
      { field: 'duration' },
    ]);
  });

  it('says so where no video provider is configured at all', () => {
    const error = refusal({}, []);
    expect(error.message).toBe('No configured provider makes this video: there is none.');
    expect(error.details).toEqual({ fields: [{ field: 'operation', message: 'there is none' }], providers: [] });
  });
});
