import { unknownField, validationFailure } from '../../common/errors/field-faults.js';
import { BodySchema, type Schema } from './body-schema.js';

/** What becomes of a field that a vendor documents. */
export type BodyField =
  /** It does what the vendor's documentation says. */
  | { is: 'honoured'; schema: Schema }
  /** It changes nothing about the answer; any value is taken. */
  | { is: 'harmless'; why: string }
  /** It would change the answer, and can't: it is refused unless its value asks for nothing. */
  | { is: 'refused'; unless?: (value: unknown) => boolean; why: string };

export const honoured = (schema: Schema): BodyField => ({ is: 'honoured', schema });
export const harmless = (why: string): BodyField => ({ is: 'harmless', why });
export const refused = (why: string, unless?: (value: unknown) => boolean): BodyField => ({
  is: 'refused',
  why,
  ...(unless ? { unless } : {}),
});

/** The fields of one route's bodies. */
export class BodyFields {
  /** Of the fields that are honoured; the others are looked at by name alone. */
  readonly schema: Schema;
  private readonly names: string[];
  private readonly honoured: BodySchema;

  /** @param required names of those that must be there */
  constructor(
    private readonly table: Readonly<Record<string, BodyField>>,
    required: readonly string[],
  ) {
    this.names = Object.keys(table);
    const properties = Object.entries(table).flatMap(([name, field]) =>
      field.is === 'honoured' ? [[name, field.schema] as const] : [],
    );
    this.schema = { type: 'object', properties: Object.fromEntries(properties), required };
    this.honoured = new BodySchema(this.schema, this.names);
  }

  /** @throws GatewayError VALIDATION_ERROR for a field that nobody knows, that can't be honoured, or that is malformed */
  assert(body: Record<string, unknown>): void {
    for (const [name, value] of Object.entries(body)) {
      const field = Object.hasOwn(this.table, name) ? this.table[name] : undefined;
      if (!field) throw fault(name.slice(0, 100), unknownField(name, this.names));
      if (field.is !== 'refused' || field.unless?.(value)) continue;
      throw fault(name, `${name} is not served here: ${field.why}`);
    }
    this.honoured.assert(body);
  }
}

/** The refusal of one field. @param message names it */
export function fault(field: string, message: string) {
  return validationFailure([{ field, message }]);
}
