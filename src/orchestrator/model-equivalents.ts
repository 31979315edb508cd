/**
 * Which model of another vendor stands in for one whose own provider fails: tier for tier (flagship, middle, small).
 * Configuration will be able to say otherwise; these are the built-in ones. First match wins.
 */
const EQUIVALENTS: readonly { pattern: RegExp; stands: Readonly<Record<string, string>> }[] = [
  { pattern: /^claude-.*haiku/, stands: { openai: 'gpt-4.1-mini' } },
  { pattern: /^claude-/, stands: { openai: 'gpt-4.1' } },
  { pattern: /^(gpt-|o\d|chatgpt-).*-(mini|nano|luna)/, stands: { claude: 'claude-haiku-4-5' } },
  { pattern: /^gpt-3\.5/, stands: { claude: 'claude-haiku-4-5' } },
  { pattern: /^(gpt-\d.*-pro|o\d-pro|gpt-4\.5)/, stands: { claude: 'claude-opus-5' } },
  { pattern: /^(gpt-|o\d|chatgpt-)/, stands: { claude: 'claude-sonnet-5' } },
];

/** The model that stands in for `model` at another provider; undefined: none is known. */
export function equivalentModel(model: string, providerId: string): string | undefined {
  return EQUIVALENTS.find(({ pattern }) => pattern.test(model))?.stands[providerId];
}
