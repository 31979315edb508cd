import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { ERROR_CODES, type ErrorCode } from '../../common/errors/error-codes.js';

/** Describes the errors that a route may answer with, as OpenAI's clients get them. */
export function OpenAiErrors(...codes: ErrorCode[]): MethodDecorator & ClassDecorator {
  const all: ErrorCode[] = [...codes, 'INTERNAL'];
  const statuses = [...new Set(all.map((code) => ERROR_CODES[code].httpStatus))];
  return applyDecorators(
    ...statuses.map((status) => {
      const here = all.filter((code) => ERROR_CODES[code].httpStatus === status);
      return ApiResponse({ status, description: here.join(', '), schema: schemaOf(here) });
    }),
  );
}

const text = { type: 'string' };

function schemaOf(codes: ErrorCode[]) {
  return {
    type: 'object',
    properties: {
      error: {
        type: 'object',
        properties: {
          message: text,
          type: text,
          param: { ...text, nullable: true },
          code: { ...text, nullable: true },
          gateway: {
            type: 'object',
            properties: {
              code: { ...text, enum: codes },
              details: { type: 'object', additionalProperties: true },
            },
          },
        },
      },
    },
  };
}
