import type { JsonSchema } from '../contract/tool.js';

/** Asks for JSON in words, where the vendor has no other way to. */
export const JSON_INSTRUCTION =
  'Answer with a single JSON object and nothing else: no explanation before or after it, no code fence around it.';

/** The same, for an object of a certain form. */
export function schemaInstruction(schema: JsonSchema): string {
  return `${JSON_INSTRUCTION} The object has to fit this JSON schema:\n${JSON.stringify(schema)}`;
}
