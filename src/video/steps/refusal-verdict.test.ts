import type { VideoErrorKind } from '../../providers/contract/video-provider-error.js';
import { refusalVerdict, type Refusal } from './refusal-verdict.js';

const refusal = (kind: VideoErrorKind, more: Partial<Refusal> = {}) =>
  refusalVerdict({ kind, refusals: 1, hasOther: false, waitedMs: 0, ...more });

describe('what follows an order that was not taken', () => {
  it.each<[VideoErrorKind]>([
    ['unknown_outcome'],
    ['server_error'],
    ['unreachable'],
    ['malformed_response'],
    ['aborted'],
    ['job_not_found'],
    ['expired'],
  ])('%s: a job may have begun, so nobody orders again, wherever', (kind) => {
    expect(refusal(kind)).toEqual({ next: 'unknown' });
    expect(refusal(kind, { hasOther: true })).toEqual({ next: 'unknown' });
  });

  it('tries one that can not be reached three times, then another', () => {
    expect(refusal('not_sent')).toEqual({ next: 'again', afterMs: 2_000 });
    expect(refusal('not_sent', { refusals: 2, hasOther: true })).toEqual({ next: 'again', afterMs: 4_000 });
    expect(refusal('not_sent', { refusals: 3, hasOther: true })).toEqual({ next: 'other' });
  });

  it('waits out an outage of the only provider, for ten minutes', () => {
    expect(refusal('not_sent', { refusals: 3, waitedMs: 599_999 })).toEqual({ next: 'again', afterMs: 15_000 });
    expect(refusal('not_sent', { refusals: 3, waitedMs: 600_000 })).toEqual({ next: 'fail' });
  });

  it('waits for room where there is no other provider, as long as it was told', () => {
    expect(refusal('rate_limited', { retryAfterMs: 7_000 })).toEqual({ next: 'again', afterMs: 7_000 });
    expect(refusal('rate_limited')).toEqual({ next: 'again', afterMs: 10_000 });
    expect(refusal('rate_limited', { hasOther: true, retryAfterMs: 1_000 })).toEqual({ next: 'other' });
    expect(refusal('rate_limited', { waitedMs: 1_800_001 })).toEqual({ next: 'fail' });
  });

  it.each<[VideoErrorKind]>([['quota_exhausted'], ['unauthorized'], ['retired'], ['bad_request']])(
    '%s: another provider, or the end',
    (kind) => {
      expect(refusal(kind, { hasOther: true })).toEqual({ next: 'other' });
      expect(refusal(kind)).toEqual({ next: 'fail' });
    },
  );

  it('never takes refused content to another provider', () => {
    expect(refusal('moderated', { hasOther: true })).toEqual({ next: 'fail' });
  });
});
