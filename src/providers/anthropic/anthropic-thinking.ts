import type { Message, TextRequest } from '../contract/text-request.js';
import { effortOf, nearestEffort } from '../conversation/reasoning-effort.js';
import type { AnthropicTraits } from './anthropic-traits.js';

export type Thinking =
  | { type: 'adaptive'; display: 'summarized' }
  | { type: 'enabled'; budget_tokens: number }
  | { type: 'disabled' | 'between_tools' };

export interface ThinkingFields {
  thinking?: Thinking;
  effort?: 'low' | 'medium' | 'high' | 'xhigh';
}

const LEAST_BUDGET_TOKENS = 1_024;
/** The share of the output limit that an effort is worth, where only a budget can say it. */
const SHARE_OF_EFFORT = { none: 0, minimal: 0.1, low: 0.2, medium: 0.5, high: 0.8, xhigh: 0.95 } as const;

/**
 * How hard Claude is asked to think; no fields: as it does by itself. Models up to 4.5 take a budget of tokens, which has
 * to leave room for an answer; those that came later an effort.
 */
export function thinkingFields(request: TextRequest, traits: AnthropicTraits): ThinkingFields {
  const { reasoning } = request;
  const effort = reasoning && effortOf(reasoning);
  if (!reasoning || effort === undefined || traits.thinking === 'none') return {};
  if (effort === 'none') return leastThinking(traits);
  const isBudget = traits.thinking === 'budget' || (traits.takesBudget && reasoning.budgetTokens !== undefined);
  if (isBudget)
    return budgetFields(request, reasoning.budgetTokens ?? SHARE_OF_EFFORT[effort] * request.maxOutputTokens);
  const known = nearestEffort(effort, traits.efforts);
  return { thinking: { type: 'adaptive', display: 'summarized' }, ...(known === undefined ? {} : { effort: known }) };
}

function leastThinking({ leastThinking, efforts }: AnthropicTraits): ThinkingFields {
  if (leastThinking !== 'always') return { thinking: { type: leastThinking } };
  return efforts[0] === undefined ? {} : { effort: efforts[0] };
}

function budgetFields({ maxOutputTokens, messages, toolChoice }: TextRequest, wanted: number): ThinkingFields {
  const isForced = toolChoice === 'required' || typeof toolChoice === 'object';
  // Refused together with a forced tool, and in a turn that was begun without it; the answer is worth more.
  if (maxOutputTokens <= LEAST_BUDGET_TOKENS || isForced || !mayThinkOn(messages)) return {};
  const budget = Math.min(Math.max(Math.floor(wanted), LEAST_BUDGET_TOKENS), maxOutputTokens - 1);
  return { thinking: { type: 'enabled', budget_tokens: budget } };
}

/** Whether the turn that the model is to go on with began with thoughts of its own. */
function mayThinkOn(messages: readonly Message[]): boolean {
  if (messages.at(-1)?.role !== 'tool') return true;
  const reasoning = messages.findLast(({ role }) => role === 'assistant')?.reasoning ?? [];
  return reasoning.some((block) => 'redacted' in block || block.signature !== undefined);
}
