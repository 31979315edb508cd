import { isObject } from './message-text.js';
import type { JsonObject } from './wire.js';

export function asSchema(value: unknown): JsonObject | undefined {
  return isObject(value) ? value : undefined;
}

/** Calls `visit` for a schema and every schema in it, with the way to it. */
export function visitSchemas(
  schema: unknown,
  visit: (schema: JsonObject, path: string[]) => void,
  path: string[] = [],
): void {
  if (!isObject(schema)) return;
  visit(schema, path);
  for (const keyword of ['properties', '$defs', 'definitions']) {
    for (const [name, each] of Object.entries(asSchema(schema[keyword]) ?? {}))
      visitSchemas(each, visit, [...path, keyword, name]);
  }
  for (const keyword of ['anyOf', 'oneOf', 'allOf']) {
    const variants = schema[keyword];
    if (Array.isArray(variants))
      variants.forEach((each, index) => visitSchemas(each, visit, [...path, keyword, String(index)]));
  }
  visitSchemas(schema.items, visit, [...path, 'items']);
}
