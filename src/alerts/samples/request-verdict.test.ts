import { ERROR_CODES, type ErrorCode } from '../../common/errors/error-codes.js';
import { verdictOnAnswer, verdictOnRefusal } from './request-verdict.js';

const OURS: ErrorCode[] = [
  ...(['INTERNAL', 'ALL_PROVIDERS_FAILED', 'UPSTREAM_LOST', 'UPSTREAM_RETIRED'] as const),
  ...(['SUBMIT_UNKNOWN', 'QUEUE_OVERFLOW', 'UNAVAILABLE'] as const),
];
const codes = Object.keys(ERROR_CODES) as ErrorCode[];

describe('what a request says of the service', () => {
  it('is that it failed where the fault is ours or a provider’s', () => {
    expect(codes.filter((code) => verdictOnAnswer(code) === 'failed').sort()).toEqual(
      [...OURS, 'RATE_LIMIT_EXCEEDED'].sort(),
    );
    expect(verdictOnAnswer('lost')).toBe('failed');
  });

  it('is that it was served where it ended well, or for a fault of its own', () => {
    expect(verdictOnAnswer('done')).toBe('served');
    expect(verdictOnAnswer('CONTENT_FILTERED')).toBe('served');
  });

  it('is nothing where it was cancelled', () => {
    expect(codes.filter((code) => verdictOnAnswer(code) === 'not counted')).toEqual(['CANCELLED']);
  });

  it('is nothing where it was refused for a reason of its own, a user’s own limit among them', () => {
    expect(codes.filter((code) => verdictOnRefusal(code) === 'failed').sort()).toEqual([...OURS].sort());
    expect(codes.filter((code) => verdictOnRefusal(code) === 'served')).toEqual([]);
  });
});
