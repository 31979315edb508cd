import { subjectOf } from './event-subject.js';

describe('subjectOf', () => {
  it.each([
    ['a request', { channel: 'requests', event: 'request.done', data: { requestId: 'r' } }, 'r'],
    ['a video', { channel: 'videos', event: 'video.progress', data: { videoId: 'v' } }, 'v'],
    ['an account', { channel: 'account', event: 'credits.low', data: {} }, 'credits.low'],
    ['a subscription', { channel: 'requests', event: 'subscribed', data: {} }, 'subscribed'],
  ] as const)('tells what an event of %s is about', (_, event, subject) => {
    expect(subjectOf(event)).toBe(subject);
  });
});
