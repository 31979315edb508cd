import type { TextProvider } from './contract/text-provider.js';
import { ProviderRegistry } from './provider-registry.js';

const named = (id: string) => ({ id }) as TextProvider;

describe('ProviderRegistry', () => {
  it('finds providers by their ids and lists them in the order of registration', () => {
    const [openai, claude] = [named('openai'), named('claude')];
    const registry = new ProviderRegistry([openai, claude]);
    expect(registry.get('claude')).toBe(claude);
    expect(registry.get('gemini')).toBeUndefined();
    expect(registry.all()).toEqual([openai, claude]);
  });

  it('refuses two providers of one id', () => {
    expect(() => new ProviderRegistry([named('openai'), named('openai')])).toThrow('same id');
  });
});
