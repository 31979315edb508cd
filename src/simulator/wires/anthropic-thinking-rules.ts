import type { AnthropicFacts } from './anthropic-facts.js';
import { bad } from './anthropic-rejection.js';
import { isObject, partsOf } from './message-text.js';
import type { JsonObject } from './wire.js';

const LEAST_BUDGET = 1_024;

/** Whether and how the model may be asked to think. @throws Rejection */
export function checkThinking(body: JsonObject, model: string, { thinkingTypes }: AnthropicFacts): void {
  const { thinking } = body;
  if (thinking === undefined) return;
  const type = isObject(thinking) ? String(thinking.type) : '';
  if (!isObject(thinking) || !['enabled', 'adaptive', 'disabled', 'between_tools'].includes(type)) {
    throw bad(
      "thinking: Input tag found using 'type' does not match any of the expected tags: 'adaptive', 'between_tools', 'disabled', 'enabled'",
    );
  }
  if (thinkingTypes.length === 0 && type !== 'disabled') throw bad(`'${model}' does not support thinking.`);
  if (thinkingTypes.length > 0 && !thinkingTypes.includes(type)) {
    const advice = 'Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.';
    throw bad(`"thinking.type.${type}" is not supported for this model. ${advice}`);
  }
  if (type === 'enabled') checkBudget(body, thinking);
  if (type === 'enabled' || type === 'adaptive') checkBesideThinking(body);
}

function checkBudget(
  { max_tokens: maxTokens, tool_choice: choice, messages }: JsonObject,
  { budget_tokens: budget }: JsonObject,
): void {
  if (!Number.isInteger(budget)) throw bad('thinking.enabled.budget_tokens: Field required');
  if (Number(budget) < LEAST_BUDGET) {
    throw bad(`thinking.enabled.budget_tokens: Input should be greater than or equal to ${LEAST_BUDGET}`);
  }
  if (Number(budget) >= Number(maxTokens)) throw bad('`max_tokens` must be greater than `thinking.budget_tokens`.');
  const forced = isObject(choice) && (choice.type === 'any' || choice.type === 'tool');
  if (forced) throw bad('Thinking may not be enabled when tool_choice forces tool use.');
  const index = (messages as JsonObject[]).findLastIndex(({ role }) => role === 'assistant');
  const first = partsOf((messages as JsonObject[])[index]?.content);
  const isInLoop = first.some((block) => block.type === 'tool_use') && index === (messages as JsonObject[]).length - 2;
  if (!isInLoop || first[0]?.type === 'thinking' || first[0]?.type === 'redacted_thinking') return;
  throw bad(
    `messages.${index}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${String(first[0]?.type)}\`. ` +
      'When `thinking` is enabled, a final `assistant` message must start with a thinking block.',
  );
}

function checkBesideThinking({ temperature, top_p: topP, messages }: JsonObject): void {
  if (temperature !== undefined && temperature !== 1)
    throw bad('`temperature` may only be set to 1 when thinking is enabled.');
  if (topP !== undefined && Number(topP) < 0.95)
    throw bad('`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled.');
  if ((messages as JsonObject[]).at(-1)?.role === 'assistant') throw bad('Prefill is not compatible with thinking.');
}
