import { ERROR_CODES, type ErrorCode } from '../../common/errors/error-codes.js';

/** What a request's end says of the service: it was served, it was let down, or it does not count. */
export type RequestVerdict = 'served' | 'failed' | 'not counted';

const SERVER_FAULT = 500;

/**
 * Judges the end of a request that was taken on. A fault of the request itself was answered as it should be; who cancels
 * says nothing of us.
 */
export function verdictOnAnswer(outcome: 'done' | ErrorCode | 'lost'): RequestVerdict {
  if (outcome === 'CANCELLED') return 'not counted';
  // a user's own limits refuse before anything is taken on: here every provider limits our rate
  if (outcome === 'lost' || outcome === 'RATE_LIMIT_EXCEEDED') return 'failed';
  return outcome !== 'done' && isOurs(outcome) ? 'failed' : 'served';
}

/** Judges a refusal: a request that is wrong, or not allowed, is none that could have been served. */
export function verdictOnRefusal(code: ErrorCode): RequestVerdict {
  return isOurs(code) ? 'failed' : 'not counted';
}

function isOurs(code: ErrorCode): boolean {
  return ERROR_CODES[code].httpStatus >= SERVER_FAULT;
}
