import { claudeVersion } from './claude-version.js';

/** How a model wants to be asked: what it refuses costs the caller the whole answer. */
export interface AnthropicTraits {
  /** Goes on with an assistant's message that ends the conversation; the others refuse one. */
  takesPrefill: boolean;
  /** Takes `temperature` or `top_p`. */
  takesSampling: boolean;
  /** `budget`: it thinks up to so many tokens; `adaptive`: as much as it sees fit, guided by the effort. */
  thinking: 'none' | 'budget' | 'adaptive';
  /** With adaptive thinking, a budget is taken too. */
  takesBudget: boolean;
  /** `always`: it can't be kept from thinking; `between_tools`: at the least it thinks between tools. */
  leastThinking: 'disabled' | 'between_tools' | 'always';
  /** The efforts that it knows, least first; empty: it refuses the field. */
  efforts: readonly ('low' | 'medium' | 'high' | 'xhigh')[];
  /** Can be made to call a tool. */
  takesForcedTools: boolean;
  /** Knows `output_config.format` and strict tools. */
  knowsSchemas: boolean;
}

/** A server that speaks Anthropic's wire with a model of its own. */
const STRANGER: AnthropicTraits = {
  takesPrefill: true,
  takesSampling: true,
  thinking: 'none',
  takesBudget: false,
  leastThinking: 'disabled',
  efforts: [],
  takesForcedTools: true,
  knowsSchemas: false,
};
const FABLES: ReadonlySet<string> = new Set(['fable', 'mythos']);

/** By generation, as the model overview and the pages on thinking, effort, prefill and structured outputs have it. */
export function anthropicTraits(model: string): AnthropicTraits {
  const claude = claudeVersion(model);
  if (!claude) return STRANGER;
  const { line, version } = claude;
  const isFable = FABLES.has(line) && version >= 500;
  const isLate = version >= 505 && line !== 'haiku';
  return {
    takesPrefill: version < 406,
    takesSampling: version < 407,
    thinking: version < 307 ? 'none' : version < 406 ? 'budget' : 'adaptive',
    takesBudget: version === 406,
    leastThinking: line === 'sonnet' && isLate ? 'between_tools' : isFable || isLate ? 'always' : 'disabled',
    efforts: effortsOf(line, version),
    takesForcedTools: !isLate && !(FABLES.has(line) && version >= 501),
    knowsSchemas: version >= 405 || (line === 'opus' && version === 401),
  };
}

function effortsOf(line: string, version: number): AnthropicTraits['efforts'] {
  if (version >= 407) return ['low', 'medium', 'high', 'xhigh'];
  if (version === 406 || (version === 405 && line === 'opus')) return ['low', 'medium', 'high'];
  return [];
}
