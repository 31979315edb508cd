import type { ModelCapabilities } from '../providers/contract/text-provider.js';
import { deadlinesFor } from './deadlines.js';

const capabilities = { hiddenReasoning: false } as ModelCapabilities;

describe('deadlines', () => {
  it('are short for a chat, and longer for a model that thinks first', () => {
    expect(deadlinesFor('chat', { capabilities }, 0)).toEqual({
      headersMs: 1_500,
      firstContentMs: 10_000,
      stallMs: 20_000,
    });
    const thinking = { capabilities: { ...capabilities, hiddenReasoning: true } };
    expect(deadlinesFor('chat', thinking, 0).firstContentMs).toBe(120_000);
  });

  it('allow for the length of the prompt', () => {
    expect(deadlinesFor('chat', { capabilities }, 100 * 1_024)).toEqual({
      headersMs: 2_500,
      firstContentMs: 11_000,
      stallMs: 20_000,
    });
  });

  it('are those of the configuration where it names some', () => {
    expect(deadlinesFor('chat', { capabilities, deadlines: { headersMs: 30_000 } }, 1_024)).toEqual({
      headersMs: 30_010,
      firstContentMs: 10_010,
      stallMs: 20_000,
    });
  });
});
