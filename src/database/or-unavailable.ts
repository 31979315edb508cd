import { answerWithin } from '../common/answer-within.js';
import { GatewayError } from '../common/errors/gateway-error.js';
import { isPassingTrouble } from './passing-trouble.js';

const RETRY_AFTER_MS = 2_000;
/** Nobody who asks is kept waiting longer than this for a database that does not answer. */
const ANSWER_WITHIN_MS = 2_000;

/**
 * What a query gives. One that came too late may still have its effect.
 * @throws GatewayError UNAVAILABLE where the database can't be asked at the moment or takes longer than 2 s; any other
 *   error as it is
 */
export async function orUnavailable<T>(query: Promise<T>): Promise<T> {
  try {
    return await answerWithin(query, ANSWER_WITHIN_MS);
  } catch (error) {
    if (error instanceof GatewayError || !isPassingTrouble(error)) throw error;
    throw new GatewayError('UNAVAILABLE', 'The database can not be reached at the moment; ask again.', {
      retryAfterMs: RETRY_AFTER_MS,
      cause: error,
    });
  }
}
