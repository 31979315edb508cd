import type { ModelCapabilities } from '../providers/contract/text-provider.js';
import { planRoute, type ProviderFacts, type RouteQuestion } from './route-plan.js';

const provider = (
  id: string,
  native: RegExp,
  embeddings: boolean,
  abilities: Partial<ModelCapabilities> = {},
): ProviderFacts => ({
  id,
  capabilities: (model): ModelCapabilities => ({
    isNative: native.test(model),
    embeddings,
    maxOutputTokens: 4_096,
    hiddenReasoning: false,
    tools: false,
    images: false,
    structuredOutput: false,
    logprobs: false,
    prefill: false,
    ...abilities,
  }),
});
const openai = provider('openai', /^(gpt-|text-embedding-)/, true);
const claude = provider('claude', /^claude-/, false);
const ask = (question: Partial<RouteQuestion>, providers = [openai, claude]) =>
  planRoute({ operation: 'chat', provider: 'auto', model: 'gpt-4', mayFallBack: true, ...question }, providers).map(
    ({ providerId, model }) => `${providerId}/${model}`,
  );

describe('the route plan', () => {
  it('begins where the model is at home and goes on with an equivalent', () => {
    expect(ask({})).toEqual(['openai/gpt-4', 'claude/claude-sonnet-5']);
    expect(ask({ model: 'claude-haiku-4-5' })).toEqual(['claude/claude-haiku-4-5', 'openai/gpt-4.1-mini']);
  });

  it('follows the configured order for a model of no known family, and keeps its name everywhere', () => {
    expect(ask({ model: 'sim-5-0ms' })).toEqual(['openai/sim-5-0ms', 'claude/sim-5-0ms']);
    expect(ask({ model: 'sim-5-0ms' }, [claude, openai])).toEqual(['claude/sim-5-0ms', 'openai/sim-5-0ms']);
  });

  it('puts the named provider first', () => {
    expect(ask({ provider: 'claude' })).toEqual(['claude/claude-sonnet-5', 'openai/gpt-4']);
    expect(ask({ provider: 'claude', model: 'x' })).toEqual(['claude/x', 'openai/x']);
  });

  it('stays with one provider where falling back is not wanted', () => {
    expect(ask({ provider: 'claude', mayFallBack: false })).toEqual(['claude/claude-sonnet-5']);
    expect(ask({ mayFallBack: false })).toEqual(['openai/gpt-4']);
    expect(ask({ provider: 'claude', mayFallBack: false }, [openai])).toEqual([]);
  });

  it('never changes the model of an embedding', () => {
    expect(ask({ operation: 'embedding', model: 'text-embedding-3-small' })).toEqual(['openai/text-embedding-3-small']);
    expect(ask({ operation: 'embedding', model: 'gpt-4' }, [claude])).toEqual([]);
    expect(ask({ operation: 'embedding', model: 'bge-m3' })).toEqual(['openai/bge-m3']);
  });

  it('leaves out every model that lacks what the request needs', () => {
    const withTools = provider('claude', /^claude-/, false, { tools: true });
    const needs = { tools: 'tools' };
    expect(ask({ needs }, [openai, withTools])).toEqual(['claude/claude-sonnet-5']);
    expect(ask({ needs: { ...needs, images: 'messages[0].content' } }, [openai, withTools])).toEqual([]);
    expect(ask({ needs: {} }, [openai, withTools])).toEqual(['openai/gpt-4', 'claude/claude-sonnet-5']);
  });

  it('sends small models to small ones', () => {
    expect(ask({ model: 'gpt-4o-mini' })[1]).toBe('claude/claude-haiku-4-5');
    expect(ask({ model: 'gpt-5-pro' })[1]).toBe('claude/claude-opus-5');
  });
});
