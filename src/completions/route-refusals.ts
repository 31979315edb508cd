import { validationFailure } from '../common/errors/field-faults.js';
import type { GatewayError } from '../common/errors/gateway-error.js';
import { similarName } from '../common/nearest-name.js';
import { lacking, type Need, type RouteQuestion, type RouteStep } from '../orchestrator/route-plan.js';

const IN_WORDS: Readonly<Record<Need, string>> = {
  tools: 'takes no tools',
  images: 'takes no images',
  structuredOutput: 'keeps to no format',
  logprobs: 'gives no log probabilities',
};

/** @param known the ids of the providers that are configured */
export function unknownProvider(name: string, known: readonly string[]): GatewayError {
  const similar = similarName(name, [...known, 'auto']);
  const advice = similar === undefined ? '' : `did you mean '${similar}'? `;
  const message = `provider '${name}' is not configured here; ${advice}allowed: ${["'auto'", ...known.map((id) => `'${id}'`)].join(', ')}`;
  return validationFailure([{ field: 'provider', message }]);
}

/**
 * Nobody who has the model can do what the request asks for.
 * @param steps what the route would be if it asked for less
 * @param models that can
 */
export function needsRefused(
  { needs = {}, model }: RouteQuestion,
  steps: readonly RouteStep[],
  models: readonly string[],
): GatewayError {
  const alternatives = models.length === 0 ? 'no model here does' : `one that does: ${models.join(', ')}`;
  const lackedBy = (need: Need) => steps.some(({ capabilities }) => lacking(capabilities, { [need]: '' }).length > 0);
  const faults = (Object.entries(needs) as [Need, string][])
    .filter(([need]) => lackedBy(need))
    .map(([need, field]) => ({
      field,
      message: `${field} can't be used with '${model}', which ${IN_WORDS[need]}; ${alternatives}`,
    }));
  return validationFailure(faults);
}
