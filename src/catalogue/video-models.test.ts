import type { VideoOffer } from '../providers/contract/video-offer.js';
import { videoModels } from './video-models.js';

const offer = (model: string): VideoOffer => ({
  operation: 'text-to-video',
  model,
  seconds: [4, 8],
  formats: [{ resolution: '720p', aspectRatio: '16:9', width: 1280, height: 720, usdPerSecond: '0.1' }],
});
const providers = [
  { id: 'sora', offers: [offer('sora-2')] },
  { id: 'runway', offers: [offer('gen4.5'), offer('veo3.1')] },
];
const named = (query: Parameters<typeof videoModels>[1]) =>
  videoModels(providers, query, '2000').map(({ provider, model }) => `${provider}/${model}`);

describe('the video models of the catalogue', () => {
  it('say what they make, and what a second costs', () => {
    expect(videoModels(providers, {}, '2000')[0]).toEqual({
      provider: 'sora',
      model: 'sora-2',
      operation: 'text-to-video',
      seconds: [4, 8],
      maxInputSeconds: null,
      mostFramesPerSecond: 30,
      formats: [
        {
          resolution: '720p',
          aspectRatio: '16:9',
          width: 1280,
          height: 720,
          usdPerSecond: '0.1',
          creditsPerSecond: '200',
        },
      ],
    });
  });

  it('are looked for by provider and by name', () => {
    expect(named({})).toEqual(['sora/sora-2', 'runway/gen4.5', 'runway/veo3.1']);
    expect(named({ provider: 'runway' })).toEqual(['runway/gen4.5', 'runway/veo3.1']);
    expect(named({ search: 'GEN' })).toEqual(['runway/gen4.5']);
  });

  it('are none where models of text are wanted', () => {
    expect(named({ type: 'chat' })).toEqual([]);
    expect(named({ capability: 'tools' })).toEqual([]);
  });
});
