/**
 * Which model of another vendor stands in for one whose own provider fails: tier for tier (flagship, middle, small). What
 * the configuration says of a model's fallbacks takes the place of this. First match wins.
 */
const EQUIVALENTS: readonly { pattern: RegExp; model: string }[] = [
  { pattern: /^claude-.*haiku/, model: 'gpt-4.1-mini' },
  { pattern: /^claude-/, model: 'gpt-4.1' },
  { pattern: /^(gpt-|o\d|chatgpt-).*-(mini|nano|luna)/, model: 'claude-haiku-4-5' },
  { pattern: /^gpt-3\.5/, model: 'claude-haiku-4-5' },
  { pattern: /^(gpt-\d.*-pro|o\d-pro|gpt-4\.5)/, model: 'claude-opus-5' },
  { pattern: /^(gpt-|o\d|chatgpt-)/, model: 'claude-sonnet-5' },
];

/** The model that stands in for another one where nothing is configured; undefined: none is known. */
export function equivalentModel(model: string): string | undefined {
  return EQUIVALENTS.find(({ pattern }) => pattern.test(model))?.model;
}

/** All that stand in for others. */
export const EQUIVALENT_MODELS: readonly string[] = [...new Set(EQUIVALENTS.map(({ model }) => model))];
