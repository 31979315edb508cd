import type { VideoOffer } from '../../../providers/contract/video-offer.js';
import type { VideoChoice } from '../../plan/video-plan.js';
import { promptLimit } from './prompt-limit.js';

const offer = (model: string, maxPromptLength?: number): VideoOffer => ({
  operation: 'text-to-video',
  model,
  seconds: [8],
  formats: [],
  ...(maxPromptLength === undefined ? {} : { maxPromptLength }),
});
const providers = [
  { id: 'one', offers: [offer('a', 500), offer('b', 100), { ...offer('a', 10), operation: 'extend' as const }] },
  { id: 'two', offers: [offer('a')] },
];
const choices = (...names: [string, string][]) => ({
  choices: names.map(([provider, model]) => ({ provider, model, operation: 'text-to-video' }) as VideoChoice),
});

describe('promptLimit', () => {
  it('is what every choice of the plan takes', () => {
    expect(promptLimit(choices(['one', 'a'], ['two', 'a']), providers)).toBe(500);
    expect(promptLimit(choices(['one', 'a'], ['one', 'b']), providers)).toBe(100);
  });

  it('is ours where nobody says less', () => {
    expect(promptLimit(choices(['two', 'a']), providers)).toBe(2_000);
    expect(promptLimit(choices(['gone', 'a']), providers)).toBe(2_000);
  });
});
