import type { GatewayConfig, ModelRule } from '../config/gateway-config/gateway-config.js';
import { ModelPattern } from '../config/gateway-config/model-pattern.js';
import type { ModelCapabilities, TextProvider } from '../providers/contract/text-provider.js';
import { ConfiguredRules } from './configured-rules.js';
import { planRoute } from './plan-route.js';
import type { ProviderFacts, RouteQuestion } from './route-plan.js';

const provider = (
  id: string,
  native: RegExp,
  embeddings: boolean,
  abilities: Partial<ModelCapabilities> = {},
): ProviderFacts => ({
  id,
  endpoints: [{ id, weight: 1, strategy: {} as TextProvider }], // a plan asks nobody
  knowsItsModels: true,
  serves: () => true,
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
const rules = (config: Partial<Pick<GatewayConfig, 'aliases' | 'models'>> = {}) =>
  new ConfiguredRules({ aliases: new Map(), models: [], providers: [], ...config } as unknown as GatewayConfig);
const rule = (pattern: string, settings: Partial<ModelRule>): ModelRule => ({
  name: pattern,
  pattern: new ModelPattern(pattern),
  ...settings,
});
const plan = (question: Partial<RouteQuestion>, providers = [openai, claude], by = rules()) =>
  planRoute({ operation: 'chat', provider: 'auto', model: 'gpt-4', mayFallBack: true, ...question }, providers, by);
/** The steps that any failure leads to. */
const ask = (question: Partial<RouteQuestion>, providers = [openai, claude], by = rules()) =>
  plan(question, providers, by)
    .filter(({ onlyAfter }) => onlyAfter === undefined)
    .map(({ providerId, model }) => `${providerId}/${model}`);
/** A server that has what its pattern says, and nothing else. */
const server = (id: string, pattern: string): ProviderFacts => {
  const models = new ModelPattern(pattern);
  return { ...provider(id, /^/, true), ...native(models), serves: (model) => models.matches(model) };
};
const native = (models: ModelPattern): Pick<ProviderFacts, 'capabilities'> => ({
  capabilities: (model) => ({ ...openai.capabilities(model), isNative: models.matches(model) }),
});
/** A server of which nobody said what it has. */
const anything = { ...provider('ollama', /^$/, true), knowsItsModels: false };

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

  it('sends a model to all that have it, and to no server that has others', () => {
    const groq = server('groq', 'llama-*');
    const vllm = server('vllm', '*/llama-*');
    expect(ask({ model: 'llama-3.3' }, [openai, vllm, groq])).toEqual(['groq/llama-3.3']);
    expect(ask({ model: 'meta/llama-3.3' }, [openai, vllm, groq])).toEqual(['vllm/meta/llama-3.3']);
    expect(ask({ model: 'qwen' }, [groq, vllm])).toEqual([]);
    expect(ask({ model: 'qwen', provider: 'groq' }, [groq, anything])).toEqual(['ollama/qwen']);
  });

  it('believes whoever names a server that its models are there', () => {
    expect(ask({ model: 'gpt-oss:20b' }, [openai, anything])).toEqual(['openai/gpt-oss:20b']);
    expect(ask({ model: 'gpt-oss:20b', provider: 'ollama' }, [openai, anything])).toEqual([
      'ollama/gpt-oss:20b',
      'openai/gpt-oss:20b',
    ]);
  });

  it('takes an alias for what it means, at its provider where it names one', () => {
    const groq = server('groq', 'llama-*');
    const aliases = new Map([
      ['fast', [{ model: 'gpt-4o-mini' }]],
      ['open', [{ providerId: 'groq', model: 'llama-3.1' }]],
      ['small', [{ model: 'claude-haiku-4-5' }, { model: 'gpt-4o-mini' }]],
    ]);
    const by = rules({ aliases, models: [rule('*', { fallbacks: [] })] });
    expect(ask({ model: 'fast' }, [openai, claude], by)).toEqual(['openai/gpt-4o-mini']);
    expect(ask({ model: 'open' }, [openai, groq, server('other', 'llama-*')], by)).toEqual(['groq/llama-3.1']);
    const small = plan({ model: 'small' }, [openai, claude], by).filter(({ onlyAfter }) => !onlyAfter);
    expect(small.map(({ model, rank }) => [model, rank])).toEqual([
      ['claude-haiku-4-5', small[0]!.rank],
      ['gpt-4o-mini', small[0]!.rank],
    ]);
  });

  it('follows configured fallbacks in place of the built-in equivalents, in their order', () => {
    const groq = server('groq', 'llama-*');
    const fallbacks = [{ providerId: 'groq', model: 'llama-3.3' }, { model: 'claude-haiku-4-5' }];
    const by = rules({ models: [rule('gpt-4o*', { fallbacks }), rule('gpt-*', { fallbacks: [] })] });
    expect(ask({ model: 'gpt-4o' }, [openai, claude, groq], by)).toEqual([
      'openai/gpt-4o',
      'groq/llama-3.3',
      'claude/claude-haiku-4-5',
    ]);
    expect(ask({ model: 'gpt-4' }, [openai, claude, groq], by)).toEqual(['openai/gpt-4']);
  });

  it('keeps what is for a refusal behind everything else, and for those who may fall back', () => {
    const by = rules({
      models: [
        rule('gpt-*', {
          contextFallbacks: [{ model: 'gpt-4.1' }],
          contentFilterFallbacks: [{ model: 'claude-opus-5' }],
        }),
      ],
    });
    const steps = plan({ model: 'gpt-4' }, [openai, claude], by).filter(
      ({ onlyAfter }) => onlyAfter !== 'model_not_found',
    );
    expect(steps.map(({ model, onlyAfter }) => [model, onlyAfter])).toEqual([
      ['gpt-4', undefined],
      ['claude-sonnet-5', undefined],
      ['gpt-4.1', 'context_length_exceeded'],
      ['claude-opus-5', 'content_filtered'],
    ]);
    expect(plan({ model: 'gpt-4', mayFallBack: false }, [openai, claude], by)).toHaveLength(1);
  });

  it('knows what is most like a model that turns out to be gone, before another vendor takes over', () => {
    const steps = plan({ model: 'gpt-4-0314' });
    expect(steps.slice(0, 2).map(({ model, onlyAfter }) => [model, onlyAfter])).toEqual([
      ['gpt-4-0314', undefined],
      ['gpt-4', 'model_not_found'],
    ]);
    expect(steps.at(-1)!.model).toBe('claude-sonnet-5');
  });

  it('does not begin with what is for a refusal of a model that is not in it', () => {
    const pictured = (model: string) => ({ ...openai.capabilities(model), images: model === 'gpt-4' });
    const seeing = { ...openai, capabilities: pictured };
    const needs = { images: 'messages[0].content' };
    expect(ask({ model: 'gpt-4-0314' }, [seeing])).toEqual(['openai/gpt-4-0314']);
    expect(plan({ model: 'gpt-4-0314', needs }, [seeing])).toEqual([]);
    const also = provider('claude', /^claude-/, false, { images: true });
    const steps = plan({ model: 'gpt-4-0314', needs }, [seeing, also]);
    expect(steps.map(({ model, onlyAfter }) => [model, onlyAfter])).toEqual([['claude-sonnet-5', undefined]]);
  });

  it('has a step for each endpoint, of one rank, with its weight and the deadlines of the model', () => {
    const two = {
      ...openai,
      endpoints: [
        { id: 'openai/a', weight: 3, strategy: {} as TextProvider },
        { id: 'openai/b', weight: 1, strategy: {} as TextProvider },
      ],
    };
    const models = [
      rule('gpt-4', { deadlines: { stallMs: 5 } }),
      rule('gpt-*', { deadlines: { stallMs: 9, headersMs: 7 } }),
    ];
    const steps = plan({ mayFallBack: false }, [two, claude], rules({ models }));
    expect(steps.map(({ endpointId, weight, deadlines }) => [endpointId, weight, deadlines])).toEqual([
      ['openai/a', 3, { stallMs: 5, headersMs: 7 }],
      ['openai/b', 1, { stallMs: 5, headersMs: 7 }],
    ]);
    expect(steps[0]!.rank).toBe(steps[1]!.rank);
  });

  it('sends small models to small ones', () => {
    expect(ask({ model: 'gpt-4o-mini' })[1]).toBe('claude/claude-haiku-4-5');
    expect(ask({ model: 'gpt-5-pro' })[1]).toBe('claude/claude-opus-5');
  });
});
