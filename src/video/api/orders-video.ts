import { applyDecorators, Header, HttpCode } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { ApiErrors } from '../../common/http/api-errors.js';

/** A route by which a video is ordered. @param description of its Idempotency-Key */
export function OrdersVideo(description: string): MethodDecorator {
  return applyDecorators(
    HttpCode(200),
    Header('Cache-Control', 'no-store'),
    ApiHeader({ name: 'Idempotency-Key', required: false, description }),
    ApiErrors(
      'VALIDATION_ERROR',
      'UNAUTHORIZED',
      'INSUFFICIENT_CREDITS',
      'FORBIDDEN',
      'CONFLICT',
      'PAYLOAD_TOO_LARGE',
      'UNSUPPORTED_VIDEO',
      'RATE_LIMIT_EXCEEDED',
      'LIMIT_EXCEEDED',
      'UNAVAILABLE',
    ),
  );
}
