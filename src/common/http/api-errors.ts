import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiProperty, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { ERROR_CODES, type ErrorCode } from '../errors/error-codes.js';

/** What went wrong, in the body of every REST error. */
export class ErrorContent {
  @ApiProperty({
    enum: Object.keys(ERROR_CODES),
    enumName: 'ErrorCode',
    description: 'What to branch on; docs/errors.md lists them',
  })
  code!: ErrorCode;

  @ApiProperty({ description: 'For people; it may change' })
  message!: string;

  @ApiProperty({
    selfRequired: false,
    type: 'object',
    additionalProperties: true,
    description: 'Machine-readable facts, such as `fields: [{field, message}]` of a VALIDATION_ERROR',
  })
  details?: Record<string, unknown>;

  @ApiProperty({ required: false, description: 'When trying again makes sense, in milliseconds from now' })
  retryAfterMs?: number;
}

/** The body of every REST error. */
export class ErrorResponse {
  @ApiProperty()
  error!: ErrorContent;
}

/** Describes the errors that a route may answer with, beside INTERNAL, which any may. */
export function ApiErrors(...codes: ErrorCode[]): MethodDecorator & ClassDecorator {
  const all: ErrorCode[] = [...codes, 'INTERNAL'];
  const statuses = new Set(all.map((code) => ERROR_CODES[code].httpStatus));
  const answers = [...statuses].map((status) =>
    describe(
      status,
      all.filter((code) => ERROR_CODES[code].httpStatus === status),
    ),
  );
  return applyDecorators(ApiExtraModels(ErrorResponse), ...answers);
}

function describe(status: number, codes: ErrorCode[]): MethodDecorator & ClassDecorator {
  return ApiResponse({
    status,
    description: codes.join(', '),
    schema: {
      allOf: [
        { $ref: getSchemaPath(ErrorResponse) },
        { properties: { error: { properties: { code: { enum: codes } } } } },
      ],
    },
  });
}
