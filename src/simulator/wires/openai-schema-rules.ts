import { asSchema, visitSchemas } from './json-schema.js';
import { bad } from './openai-rejection.js';

const REFUSED = [
  'allOf',
  'oneOf',
  'not',
  'if',
  'then',
  'else',
  'patternProperties',
  'dependentRequired',
  'dependentSchemas',
];
const NOT_PERMITTED = [
  'default',
  'minLength',
  'maxLength',
  'uniqueItems',
  'minProperties',
  'maxProperties',
  'contains',
];

/** What strict mode demands of a schema. @throws Rejection */
export function checkStrictSchema(schema: unknown, owner: string, param: string): void {
  const refuse = (path: string[], what: string) =>
    bad(`Invalid schema for ${owner}: In context=(${path.map((step) => `'${step}'`).join(', ')}), ${what}`, param);
  if (asSchema(schema)?.type !== 'object') throw refuse([], 'schema must be a JSON Schema of \'type: "object"\'.');
  visitSchemas(schema, (part, path) => {
    const keyword = [...REFUSED, ...NOT_PERMITTED].find((each) => part[each] !== undefined);
    if (keyword !== undefined) throw refuse(path, `'${keyword}' is not permitted.`);
    if (part.type !== 'object' && part.properties === undefined) return;
    if (part.additionalProperties !== false)
      throw refuse(path, "'additionalProperties' is required to be supplied and to be false.");
    const required = Array.isArray(part.required) ? part.required : [];
    const missing = Object.keys(asSchema(part.properties) ?? {}).find((name) => !required.includes(name));
    if (missing === undefined) return;
    throw refuse(
      path,
      `'required' is required to be supplied and to be an array including every key in properties. Missing '${missing}'.`,
    );
  });
}
