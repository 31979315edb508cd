import { GatewayError } from '../common/errors/gateway-error.js';
import { isPassingTrouble } from './passing-trouble.js';

const RETRY_AFTER_MS = 2_000;

/**
 * What a query gives.
 * @throws GatewayError UNAVAILABLE where the database can't be asked at the moment; any other error as it is
 */
export async function orUnavailable<T>(query: Promise<T>): Promise<T> {
  try {
    return await query;
  } catch (error) {
    if (error instanceof GatewayError || !isPassingTrouble(error)) throw error;
    throw new GatewayError('UNAVAILABLE', 'The database can not be reached at the moment; ask again.', {
      retryAfterMs: RETRY_AFTER_MS,
      cause: error,
    });
  }
}
