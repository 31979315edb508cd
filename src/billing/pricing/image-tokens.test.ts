import fc from 'fast-check';
import { imageTokens, imageTokensBound } from './image-tokens.js';

const sized = (width: number, height: number) => ({ size: { width, height } });

describe('the tokens of an image', () => {
  it.each([
    ['gpt-4o', 1_024, 1_024, 765],
    ['gpt-4o', 2_048, 4_096, 1_105],
    ['openai/gpt-4o-2024-08-06', 512, 512, 255],
    ['ft:gpt-4o-2024-08-06:org::id', 512, 512, 255],
    ['gpt-4o-mini', 512, 512, 8_500],
    ['gpt-5', 1_024, 1_024, 630],
    ['o3', 1_024, 1_024, 675],
    ['gpt-4.1-mini', 1_024, 1_024, 1_659],
    ['gpt-4.1-nano', 32, 32, 3],
    ['o4-mini', 10_000, 10_000, 2_642],
    ['gpt-5.4', 1_600, 1_600, 4_050],
    ['claude-sonnet-4-5', 1_000, 1_000, 1_334],
    ['claude-sonnet-4-5', 4_000, 3_000, 1_600],
    ['claude-sonnet-4-5', 3_136, 200, 210],
    ['claude-opus-4-7', 4_000, 3_000, 4_800],
    ['claude-sonnet-5', 2_000, 1_500, 4_000],
    ['llava', 1_500, 1_000, 2_000],
  ])('of %s are those of its vendor: %d × %d is %d', (model, width, height, tokens) => {
    expect(imageTokens(model, sized(width, height))).toBe(tokens);
  });

  it('are fewer where a rough look is enough, though nobody promises that', () => {
    const image = { ...sized(1_024, 1_024), detail: 'low' as const };
    expect(imageTokens('gpt-4o', image)).toBe(85);
    expect(imageTokensBound('gpt-4o', image)).toBe(765);
  });

  it('are estimated and bounded where its size is unknown', () => {
    expect([imageTokens('gpt-4o', {}), imageTokensBound('gpt-4o', {})]).toEqual([765, 1_445]);
    expect([imageTokens('claude-opus-4-7', {}), imageTokensBound('claude-opus-4-7', {})]).toEqual([1_399, 4_800]);
    expect([imageTokens('llava', {}), imageTokensBound('llava', {})]).toEqual([1_399, 16_384]);
  });

  it('are never more than their bound', () => {
    const side = fc.integer({ min: 1, max: 65_535 });
    const model = fc.constantFrom('gpt-4o', 'gpt-4o-mini', 'gpt-5-nano', 'gpt-5.4', 'o1', 'claude-3-haiku', 'llava');
    fc.assert(
      fc.property(model, side, side, fc.constantFrom('low', 'auto', undefined), (name, width, height, detail) => {
        const image = { ...sized(width, height), detail: detail };
        expect(imageTokens(name, image)).toBeLessThanOrEqual(imageTokensBound(name, image));
        expect(imageTokensBound(name, image)).toBeLessThanOrEqual(imageTokensBound(name, {}));
      }),
    );
  });
});
