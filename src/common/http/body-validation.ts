import { ValidationPipe, type ArgumentMetadata, type ValidationError } from '@nestjs/common';
import { getMetadataStorage } from 'class-validator';
import { fieldFaults, validationFailure } from '../errors/field-faults.js';

/** Validates bodies and queries by their DTOs; every field at fault is named, an unknown one too. */
export function bodyValidation(): ValidationPipe {
  return new BodyValidation({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    stopAtFirstError: true,
    validationError: { target: true }, // for knownFields alone: no error is sent as it is
    exceptionFactory: (errors: ValidationError[]) => validationFailure(fieldFaults(errors, knownFields(errors))),
  });
}

class BodyValidation extends ValidationPipe {
  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    try {
      return (await super.transform(value, metadata)) as unknown;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw validationFailure([{ field: '', message: 'The body is nested too deeply' }]); // the stack's end, reached by recursion
    }
  }
}

/** The fields that the DTO at fault has, to suggest the nearest for an unknown one. */
function knownFields(errors: readonly ValidationError[]): string[] {
  const dto = errors[0]?.target?.constructor;
  if (!dto) return [];
  const rules = getMetadataStorage().getTargetValidationMetadatas(dto, '', false, false);
  const atFault = new Set(errors.map(({ property }) => property));
  return [...new Set(rules.map(({ propertyName }) => propertyName))].filter((field) => !atFault.has(field));
}
