import { RUNWAY_OFFERS } from '../runway/runway-offers.js';
import { SORA_DIALECTS } from '../sora/sora-dialects.js';
import { soraModels } from '../sora/sora-offers.js';
import { configuredOffers } from './configured-offers.js';

const RUNWAY = { offers: RUNWAY_OFFERS };
const SORA = soraModels(SORA_DIALECTS.openai);
const OWN = soraModels(SORA_DIALECTS['vllm-omni']);

const pricesOf = ({ offers }: ReturnType<typeof configuredOffers>) =>
  offers.map(({ operation, formats }) => [
    operation,
    ...formats.map(({ width, height, usdPerSecond }) => `${width}x${height} ${usdPerSecond}`),
  ]);

describe('the offers of configured models', () => {
  it('are all that are known where none is named', () => {
    expect(configuredOffers(undefined, RUNWAY)).toEqual({ offers: RUNWAY_OFFERS, faults: [] });
  });

  it('are those that are named, in the order of the file, whatever the table prefers', () => {
    const { offers, faults } = configuredOffers([{ name: 'veo3.1' }, { name: 'gen4.5' }], RUNWAY);
    expect(faults).toEqual([]);
    expect([...new Set(offers.map(({ model }) => model))]).toEqual(['veo3.1', 'gen4.5']);
    expect(offers).toEqual([
      ...RUNWAY_OFFERS.filter(({ model }) => model === 'veo3.1'),
      ...RUNWAY_OFFERS.filter(({ model }) => model === 'gen4.5'),
    ]);
  });

  it('have the price of the size, else of its resolution, else of all, else the list price', () => {
    const price = { '1792x1024': '0.60', '720p': '0.20' };
    const sizes = [
      '1280x720 0.20',
      '720x1280 0.20',
      '1920x1080 0.70',
      '1080x1920 0.70',
      '1792x1024 0.60',
      '1024x1792 0.50',
    ];
    expect(pricesOf(configuredOffers([{ name: 'sora-2-pro', price }], SORA))).toEqual([
      ['text-to-video', ...sizes],
      ['image-to-video', ...sizes],
    ]);
    const all = configuredOffers([{ name: 'sora-2', price: { '*': '0' } }], SORA);
    expect(new Set(all.offers.flatMap(({ formats }) => formats.map((each) => each.usdPerSecond)))).toEqual(
      new Set(['0']),
    );
    expect(all.offers.map(({ operation }) => operation)).toEqual([
      'text-to-video',
      'image-to-video',
      'extend',
      'restyle',
    ]);
  });

  it('have the price of a frame by that of a second of 30, where frames are charged', () => {
    const name = 'magnific_video_upscaler_creative';
    const frames = (price?: Record<string, string>) =>
      configuredOffers([{ name, ...(price ? { price } : {}) }], RUNWAY).offers[0]!.formats.map(
        ({ usdPerSecond, usdPerFrame }) => [usdPerSecond, usdPerFrame],
      );
    expect(frames()).toEqual([['0.36', '0.012']]);
    expect(frames({ '*': '0.60' })).toEqual([['0.60', '0.02']]);
    expect(frames({ '4K': '0.1' })).toEqual([['0.1', '0.003334']]);
    expect(frames({ '*': '0' })).toEqual([['0', '0']]);
  });

  it('of a server of one’s own have any size and length, and the name that the server knows', () => {
    const wan = {
      name: 'Wan-AI/Wan2.2-I2V',
      operations: ['image-to-video' as const],
      seconds: [8, 5],
      sizes: { '720p': ['848x480', '1280x720', '800x450'], '1080p': ['1888x1072'] },
      price: { '1080p': '0.33' },
    };
    expect(configuredOffers([wan], OWN)).toEqual({
      faults: [],
      offers: [
        {
          operation: 'image-to-video',
          model: 'Wan-AI/Wan2.2-I2V',
          seconds: [5, 8],
          inputMatchesSize: true,
          formats: [
            { resolution: '720p', aspectRatio: '16:9', width: 848, height: 480, usdPerSecond: '0.10' },
            { resolution: '720p', aspectRatio: '16:9', width: 1280, height: 720, usdPerSecond: '0.10' },
            { resolution: '720p', aspectRatio: '16:9', width: 800, height: 450, usdPerSecond: '0.10' },
            { resolution: '1080p', aspectRatio: '16:9', width: 1888, height: 1072, usdPerSecond: '0.33' },
          ],
        },
      ],
    });
  });

  it('of a server of one’s own are as without a word where only the name is said', () => {
    const named = configuredOffers([{ name: 'wan' }], OWN).offers;
    expect(named).toEqual(OWN.offers.map((offer) => ({ ...offer, model: 'wan' })));
  });

  it('may be of a model behind OpenAI’s form that nobody here knows, where all is said of it', () => {
    const veo = { name: 'gemini/veo', seconds: [8], sizes: { '1080p': ['1920x1080'] } };
    const { offers, faults } = configuredOffers([{ ...veo, price: { '*': '0.40' } }], SORA);
    expect(faults).toEqual([]);
    expect(offers.map(({ operation, model }) => [operation, model])).toEqual([
      ['text-to-video', 'gemini/veo'],
      ['image-to-video', 'gemini/veo'],
    ]);
    const messages = (model: typeof veo | { name: string }) =>
      configuredOffers([model], SORA).faults.map(({ path, message }) => `${path.join('.')} ${message}`);
    expect(messages(veo)).toEqual([
      "gemini/veo.price says nothing of 1920x1080; allowed: a price of 1920x1080, 1080p or '*'",
    ]);
    expect(messages({ name: 'gemini/veo' })).toEqual([
      'gemini/veo.seconds is missing; nothing is known of this model',
      'gemini/veo.sizes is missing; nothing is known of this model',
    ]);
  });

  it.each([
    ['a model that Runway has not', { name: 'gen4' }, ['gen4'], 'is no model that is known here; did you mean gen4.5?'],
    [
      'a price of a size that it does not make',
      { name: 'gen4.5', price: { '4K': '1' } },
      ['gen4.5', 'price', '4K'],
      'is no size that gen4.5 makes',
    ],
    [
      'lengths of what is as long as its input',
      { name: 'aleph2', seconds: [4] },
      ['aleph2', 'seconds'],
      'changes nothing: aleph2 makes new videos of others; leave it out',
    ],
    [
      'a model of one’s own at Runway, whatever is said of it',
      { name: 'my-own-model', seconds: [4], sizes: { '720p': ['1280x720'] }, price: { '*': '2' } },
      ['my-own-model'],
      'is no model that is known here; there are: gen4.5, seedance2',
    ],
  ])('tell of %s', (_, model, path, message) => {
    const { faults } = configuredOffers([model], RUNWAY);
    expect(faults[0]).toEqual({ path, message: expect.stringContaining(message) as string });
  });
});
