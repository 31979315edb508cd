import type { JsonSchema } from '../contract/tool.js';
import { asObject } from '../http/json.js';

const DEFINITION = /^#\/\$defs\/([^/]+)$/;

/** Whether a schema refers to itself, or to anything that isn't one of its own `$defs`. */
export function isRecursive(schema: JsonSchema): boolean {
  const definitions = asObject(schema.$defs) ?? {};
  const { $defs: _, ...root } = schema;
  const isCyclic = (part: unknown, seen: readonly string[]): boolean =>
    referencesOf(part).some((reference) => {
      const name = DEFINITION.exec(reference)?.[1];
      if (name === undefined || seen.includes(name) || definitions[name] === undefined) return true;
      return isCyclic(definitions[name], [...seen, name]);
    });
  return isCyclic(root, []);
}

function referencesOf(part: unknown): string[] {
  if (Array.isArray(part)) return part.flatMap(referencesOf);
  const schema = asObject(part);
  if (!schema) return [];
  return Object.entries(schema).flatMap(([keyword, value]) =>
    keyword === '$ref' && typeof value === 'string' ? [value] : referencesOf(value),
  );
}
