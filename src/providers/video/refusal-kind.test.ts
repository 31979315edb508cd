import type { VideoErrorKind } from '../contract/video-provider-error.js';
import { codesIn, isModerationCode, refusalKind } from './refusal-kind.js';

describe('refusalKind', () => {
  it.each<[number, VideoErrorKind, VideoErrorKind]>([
    [301, 'bad_request', 'malformed_response'],
    [302, 'unknown_outcome', 'malformed_response'],
    [303, 'unknown_outcome', 'malformed_response'],
    [307, 'bad_request', 'malformed_response'],
    [400, 'bad_request', 'bad_request'],
    [401, 'unauthorized', 'unauthorized'],
    [402, 'quota_exhausted', 'quota_exhausted'],
    [403, 'unauthorized', 'unauthorized'],
    [404, 'retired', 'job_not_found'],
    [405, 'bad_request', 'bad_request'],
    [408, 'unknown_outcome', 'bad_request'],
    [409, 'unknown_outcome', 'bad_request'],
    [410, 'retired', 'job_not_found'],
    [413, 'bad_request', 'bad_request'],
    [422, 'bad_request', 'bad_request'],
    [425, 'unknown_outcome', 'bad_request'],
    [429, 'rate_limited', 'rate_limited'],
    [499, 'unknown_outcome', 'bad_request'],
    [500, 'unknown_outcome', 'server_error'],
    [501, 'unknown_outcome', 'server_error'],
    [502, 'unknown_outcome', 'server_error'],
    [503, 'rate_limited', 'rate_limited'],
    [504, 'unknown_outcome', 'server_error'],
    [505, 'unknown_outcome', 'server_error'],
    [520, 'unknown_outcome', 'server_error'],
    [524, 'unknown_outcome', 'server_error'],
    [529, 'unknown_outcome', 'server_error'],
  ])('%i of an order is %s, of a question %s', (status, order, question) => {
    expect(refusalKind(status, [], true)).toBe(order);
    expect(refusalKind(status, [], false)).toBe(question);
  });

  it('takes no status that nobody knows for a clear refusal', () => {
    for (const status of [300, 304, 418, 444, 460, 598]) expect(refusalKind(status, [], true)).toBe('unknown_outcome');
  });

  it('believes a code more than the status', () => {
    expect(refusalKind(500, ['insufficient_quota'], true)).toBe('quota_exhausted');
    expect(refusalKind(429, ['insufficient_quota'], true)).toBe('quota_exhausted');
    expect(refusalKind(400, [null, 'model_not_found'], true)).toBe('retired');
    expect(refusalKind(400, ['moderation_blocked'], true)).toBe('moderated');
    expect(refusalKind(403, ['content_policy_violation'], true)).toBe('moderated');
  });

  it('takes no word of a gateway’s for a verdict about the content', () => {
    expect(refusalKind(502, ['moderation_backend_down'], true)).toBe('unknown_outcome');
  });
});

describe('isModerationCode', () => {
  it.each(['moderation_blocked', 'SAFETY.INPUT.TEXT', 'INPUT_PREPROCESSING.SAFETY.TEXT', 'content_filter', 'SAFETY'])(
    'knows %s',
    (code) => expect(isModerationCode(code)).toBe(true),
  );

  it.each([undefined, 'INTERNAL.BAD_OUTPUT.01', 'unsafety', 'ASSET.INVALID'])('is not fooled by %s', (code) =>
    expect(isModerationCode(code)).toBe(false),
  );
});

describe('codesIn', () => {
  it('looks where vendors put a code', () => {
    expect(codesIn({ error: { code: 'a', type: 'b' }, code: 'c' })).toEqual(['a', 'b', 'c']);
    expect(codesIn({ error: 'words' })).toEqual([undefined, undefined, undefined]);
    expect(codesIn(undefined)).toEqual([undefined, undefined, undefined]);
  });
});
