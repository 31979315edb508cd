import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import type { ErrorCode } from '../../common/errors/error-codes.js';
import { ANTHROPIC_NAMES } from './anthropic-errors.js';

/** Describes the errors that a route may answer with, as Anthropic's clients get them. */
export function AnthropicErrors(...codes: ErrorCode[]): MethodDecorator & ClassDecorator {
  const all: ErrorCode[] = [...codes, 'INTERNAL'];
  const statuses = [...new Set(all.map((code) => ANTHROPIC_NAMES[code].httpStatus))];
  return applyDecorators(
    ...statuses.map((status) => {
      const here = all.filter((code) => ANTHROPIC_NAMES[code].httpStatus === status);
      return ApiResponse({ status, description: here.join(', '), schema: schemaOf(here) });
    }),
  );
}

const text = { type: 'string' };

function schemaOf(codes: ErrorCode[]) {
  const types = [...new Set(codes.map((code) => ANTHROPIC_NAMES[code].type))];
  return {
    type: 'object',
    properties: {
      type: { ...text, enum: ['error'] },
      error: {
        type: 'object',
        properties: {
          type: { ...text, enum: types },
          message: text,
          details: {
            type: 'object',
            properties: { error_code: { ...text, enum: codes } },
            additionalProperties: true,
          },
        },
      },
      request_id: text,
    },
  };
}
