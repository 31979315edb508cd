import type { ReasoningEffort } from '../contract/text-request.js';
import { familyOf } from './openai-models.js';

/** How a model wants to be asked: what it refuses costs the caller the whole answer. */
export interface OpenAiTraits {
  /** The output limit is called `max_completion_tokens`; all others, strangers included, know `max_tokens`. */
  needsCompletionTokensLimit: boolean;
  /**
   * The efforts that it knows, least first; empty: it doesn't reason and refuses the field; undefined: nobody knows. One
   * that reasons refuses stop sequences, penalties and, unless its effort is 'none', sampling and log probabilities.
   */
  efforts: readonly ReasoningEffort[] | undefined;
  /** With tools, it refuses any effort but 'none', its own default included. */
  reasonsWithoutToolsOnly: boolean;
  /** Takes log probabilities and sampling where its effort is 'none'. */
  samplesWithoutReasoning: boolean;
  /** Takes `prompt_cache_breakpoint`. */
  takesCacheBreakpoints: boolean;
}

const STRANGER: OpenAiTraits = {
  needsCompletionTokensLimit: false,
  efforts: undefined,
  reasonsWithoutToolsOnly: false,
  samplesWithoutReasoning: false,
  takesCacheBreakpoints: false,
};
const UP_TO_HIGH = ['low', 'medium', 'high'] as const;
/** The only ones after GPT-5 that can be told not to reason. */
const GPT_6_WITHOUT_REASONING = /^gpt-(6-sol|6-luna|6\.1-terra)/;

export function openAiTraits(model: string): OpenAiTraits {
  const family = familyOf(model);
  if (/^o\d/.test(family)) {
    return {
      ...STRANGER,
      needsCompletionTokensLimit: true,
      efforts: /^o1-(mini|preview)/.test(family) ? [] : UP_TO_HIGH,
    };
  }
  const [, major, minor = '0', variant = ''] = /^gpt-(\d+)(?:\.(\d+))?(?:-(.+))?$/.exec(family) ?? [];
  if (major === undefined) return /^(chatgpt-|gpt-(?!oss))/.test(family) ? { ...STRANGER, efforts: [] } : STRANGER;
  const version = Number(major) * 100 + Number(minor);
  if (version < 500) return { ...STRANGER, efforts: [] };
  if (/\bchat\b/.test(variant)) return { ...STRANGER, needsCompletionTokensLimit: true, efforts: [] };
  return {
    needsCompletionTokensLimit: true,
    efforts: effortsOf(version, family),
    reasonsWithoutToolsOnly: version >= 502,
    samplesWithoutReasoning: version > 500 && version < 600,
    takesCacheBreakpoints: version >= 506,
  };
}

function effortsOf(version: number, family: string): readonly ReasoningEffort[] {
  if (version === 500) return ['minimal', ...UP_TO_HIGH];
  if (version === 501) return ['none', ...UP_TO_HIGH];
  const knowsNone = version < 600 || GPT_6_WITHOUT_REASONING.test(family);
  return [...(knowsNone ? (['none'] as const) : []), ...UP_TO_HIGH, 'xhigh'];
}
