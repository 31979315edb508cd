import { Injectable, type PipeTransform } from '@nestjs/common';
import { isUserId, USER_ID_RULE } from '../auth/user-id.js';
import { validationFailure } from '../common/errors/field-faults.js';

/** A path's user id. */
@Injectable()
export class UserIdPipe implements PipeTransform<unknown, string> {
  /** @throws GatewayError VALIDATION_ERROR */
  transform(userId: unknown): string {
    if (isUserId(userId)) return userId;
    throw validationFailure([{ field: 'userId', message: `userId must be ${USER_ID_RULE}` }]);
  }
}
