import type { JsonSchema, ResponseFormat } from '../../providers/contract/tool.js';
import { defined, FieldReader, isObject, type Faults } from './field-reader.js';

const FORMATS = ['text', 'json_object', 'json_schema'] as const;
const SCHEMA_FIELDS = ['type', 'name', 'schema', 'description', 'strict'];
const RULE =
  "must be {type: 'text'}, {type: 'json_object'} or {type: 'json_schema', name, schema, description?, strict?}";

/** `responseFormat` of a frame. */
export function readResponseFormat(format: unknown, faults: Faults): ResponseFormat | undefined {
  if (format == null) return undefined;
  const type = isObject(format) ? FORMATS.find((each) => each === format['type']) : undefined;
  if (type === undefined) {
    faults.add('responseFormat', RULE);
    return undefined;
  }
  const known = type === 'json_schema' ? SCHEMA_FIELDS : ['type'];
  const fields = new FieldReader(format as Record<string, unknown>, 'responseFormat', faults, known);
  if (type !== 'json_schema') return { type };
  return defined({
    type,
    name: fields.neededText('name'),
    schema: fields.given('schema') as JsonSchema, // request-rules.ts looks at it
    description: fields.text('description'),
    strict: fields.flag('strict'),
  });
}
