import type { ValidationError } from 'class-validator';
import { similarName } from '../nearest-name.js';
import { GatewayError } from './gateway-error.js';

/** One field that is wrong, by its path in the body ('messages[0].role'), and what it must be. */
export interface FieldFault {
  field: string;
  message: string;
}

/** At most so many faults are told: a list of ten thousand wrong messages needs no ten thousand lines. */
export const MOST_FAULTS = 20;

/** The VALIDATION_ERROR that names every field at fault. */
export function validationFailure(faults: readonly FieldFault[]): GatewayError {
  const told = faults.slice(0, MOST_FAULTS);
  return new GatewayError('VALIDATION_ERROR', `${told.map(({ message }) => message).join('; ')}.`, {
    details: { fields: told },
  });
}

/**
 * What class-validator found, as faults of fields by their path.
 * @param knownFields of the body, to suggest one for an unknown one that resembles it
 */
export function fieldFaults(
  errors: readonly ValidationError[],
  knownFields: readonly string[],
  parent = '',
): FieldFault[] {
  return errors.flatMap((error) => {
    const field = pathOf(parent, error.property);
    const own = Object.entries(error.constraints ?? {}).slice(0, 1);
    const faults = own.map(([constraint, message]) => ({
      field,
      message:
        constraint === 'whitelistValidation'
          ? unknownField(field, parent ? [] : knownFields)
          : replaceHead(message, error.property, field),
    }));
    return [...faults, ...fieldFaults(error.children ?? [], knownFields, field)];
  });
}

function pathOf(parent: string, property: string): string {
  if (parent === '') return property;
  return /^\d+$/.test(property) ? `${parent}[${property}]` : `${parent}.${property}`;
}

/**
 * What is said of a field that the body doesn't have; names are cut, as clients choose them.
 * @param known where it resembles one of these, that one is suggested
 * @param path where it stands, if not in the body itself
 */
export function unknownField(field: string, known: readonly string[], path = field.slice(0, 100)): string {
  const similar = similarName(field.slice(0, 100), known);
  return `${path} is no field of this request${similar === undefined ? '' : ` (did you mean ${similar}?)`}`;
}

/** Messages begin with the property's own name; the client is told its whole path. */
function replaceHead(message: string, property: string, path: string): string {
  return message.startsWith(property) ? path + message.slice(property.length) : message;
}
