import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { unknownField, validationFailure, type FieldFault } from '../../common/errors/field-faults.js';

/** Part of a JSON schema. */
export type Schema = Record<string, unknown>;

const LONGEST_NAME_CHARACTERS = 100;
const ajv = new Ajv({ discriminator: true, verbose: true, strict: true, strictRequired: false, allowUnionTypes: true });
ajv.addKeyword('example');

/** Compiles a schema once; what it says of a body names the field at fault as clients write it: `messages[0].role`. */
export class BodySchema {
  private readonly check: ValidateFunction;

  /** @param known names of the body's fields, to suggest one for an unknown one */
  constructor(
    schema: Schema,
    private readonly known: readonly string[],
  ) {
    this.check = ajv.compile(schema);
  }

  /** @throws GatewayError VALIDATION_ERROR naming the first field at fault */
  assert(body: unknown): void {
    if (this.check(body)) return;
    throw validationFailure([this.faultOf(this.check.errors ?? [])]);
  }

  /** Where alternatives were tried, the one that went deepest was meant; of equals the last sums them up. */
  private faultOf(errors: readonly ErrorObject[]): FieldFault {
    let worst = errors[0]!;
    for (const error of errors) if (depthOf(error) >= depthOf(worst)) worst = error;
    const field = pathOf(worst);
    const rule =
      worst.keyword === 'additionalProperties' ? unknownField(field, this.known) : `${field} ${ruleOf(worst)}`;
    return { field, message: field === '' ? `The body ${ruleOf(worst)}` : rule };
  }
}

function depthOf({ instancePath }: ErrorObject): number {
  return instancePath.split('/').length;
}

function pathOf({ instancePath, keyword, params }: ErrorObject): string {
  const path = instancePath
    .split('/')
    .slice(1)
    .map((name) => (/^\d+$/.test(name) ? `[${name}]` : `.${name.replaceAll('~1', '/').replaceAll('~0', '~')}`));
  const { missingProperty, additionalProperty, tag } = params as Record<string, string>;
  const last = keyword === 'discriminator' ? tag : (missingProperty ?? additionalProperty);
  if (last !== undefined) path.push(`.${last.slice(0, LONGEST_NAME_CHARACTERS)}`);
  return path.join('').replace(/^\./, '');
}

/** What the field must be: in the schema's own words where it has some. */
function ruleOf({ keyword, message, params, parentSchema }: ErrorObject): string {
  const { description } = (parentSchema ?? {}) as { description?: string };
  const { allowedValues, missingProperty } = params as { allowedValues?: unknown[]; missingProperty?: string };
  if (missingProperty !== undefined) return 'must be given';
  if (allowedValues) return `must be ${allowedValues.map((value) => `'${String(value)}'`).join(' or ')}`;
  if (keyword === 'discriminator') return `must be ${tagsOf(parentSchema).join(' or ')}`;
  if (description !== undefined) return `must be ${description}`;
  return message ?? 'is not as it must be';
}

function tagsOf(schema: unknown): string[] {
  const { discriminator, oneOf } = schema as {
    discriminator: { propertyName: string };
    oneOf: { properties: Record<string, { const?: string; enum?: string[] }> }[];
  };
  return oneOf.flatMap(({ properties }) => {
    const { const: value, enum: values } = properties[discriminator.propertyName]!;
    return (values ?? [value]).map((each) => `'${each}'`);
  });
}
