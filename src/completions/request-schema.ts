/** A schema is asked for with every call of a model: one that is larger than this is a mistake, or an attack. */
const MOST_BYTES = 256 * 1024;
const DEEPEST = 64;
const MOST_NODES = 20_000;

const BOUNDS = `must be a JSON schema of at most ${MOST_BYTES / 1024} KiB, ${MOST_NODES} values and ${DEEPEST} levels`;

/**
 * Whether a value may go out as a JSON schema. Whether it is a good one is for the provider to say: vendors differ in
 * what they take.
 * @returns what is wrong with it, as the rest of a sentence about the schema
 */
export function schemaFault(schema: unknown): string | undefined {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return 'must be a JSON schema, an object';
  const size = { nodes: 0, bytes: 0 };
  return measure(schema, 1, size);
}

/** The same for a tool's arguments: they are an object, whatever its schema says of it. */
export function parametersFault(schema: unknown): string | undefined {
  const fault = schemaFault(schema);
  if (fault !== undefined) return fault;
  const { type } = schema as { type?: unknown };
  return type === undefined || type === 'object' ? undefined : "must be a JSON schema of type 'object'";
}

function measure(value: unknown, level: number, size: { nodes: number; bytes: number }): string | undefined {
  if (typeof value === 'string') size.bytes += value.length;
  size.nodes += 1;
  size.bytes += 4;
  if (level > DEEPEST || size.nodes > MOST_NODES || size.bytes > MOST_BYTES) return BOUNDS;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const key of Object.keys(value)) {
    if (key === '__proto__') return "must not have the key '__proto__'";
    size.bytes += key.length;
    const fault = measure((value as Record<string, unknown>)[key], level + 1, size);
    if (fault !== undefined) return fault;
  }
  return undefined;
}
