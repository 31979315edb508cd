import { bad } from './anthropic-rejection.js';
import { asSchema, visitSchemas } from './json-schema.js';

const REFUSED: Record<string, readonly string[]> = {
  integer: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  number: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  string: ['minLength', 'maxLength', 'pattern'],
  array: ['maxItems', 'uniqueItems', 'contains'],
  object: ['minProperties', 'maxProperties', 'patternProperties', 'propertyNames'],
};
const REFUSED_ANYWHERE = ['oneOf', 'not', 'if', 'then', 'else', 'dependentRequired', 'dependentSchemas', 'definitions'];

/** What constrained output demands of a schema. @throws Rejection */
export function checkConstrainedSchema(schema: unknown, param: string): void {
  if (!asSchema(schema)) throw bad(`${param}: Field required`);
  visitSchemas(schema, (part) => {
    const anywhere = REFUSED_ANYWHERE.find((keyword) => part[keyword] !== undefined);
    if (anywhere !== undefined) throw bad(`${param}: Schema keyword '${anywhere}' is not supported`);
    const type = typeof part.type === 'string' ? part.type : part.properties ? 'object' : '';
    const property = REFUSED[type]?.find((keyword) => part[keyword] !== undefined);
    if (property !== undefined) throw bad(`${param}: For '${type}' type, property '${property}' is not supported`);
    if (type === 'object' && part.additionalProperties !== false) {
      throw bad(`${param}: For 'object' type, 'additionalProperties' must be explicitly set to false`);
    }
  });
}
