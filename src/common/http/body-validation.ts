import { ValidationPipe, type ArgumentMetadata, type ValidationError } from '@nestjs/common';
import { fieldFaults, validationFailure } from '../errors/field-faults.js';

/** Validates bodies and queries by their DTOs; every field at fault is named, an unknown one too. */
export function bodyValidation(): ValidationPipe {
  return new BodyValidation({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    stopAtFirstError: true,
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
  return Object.keys((errors[0]?.target as object | undefined) ?? {}).filter(
    (field) => !errors.some(({ property }) => property === field),
  );
}
