import { jobCode } from './job-code.js';
import { jobIdIn } from './job-id.js';

describe('jobCode', () => {
  it.each([
    ['SAFETY.INPUT.TEXT', 'SAFETY.INPUT.TEXT'],
    ['a-b_c.9', 'a-b_c.9'],
    [500, '500'],
    ['a'.repeat(100), 'a'.repeat(100)],
  ])('shows %s', (code, shown) => expect(jobCode(code)).toBe(shown));

  it.each(['', 'two words', '<b>', 'a'.repeat(101), 'é', 'a\n', undefined, null, {}])('hides %j', (code) =>
    expect(jobCode(code)).toBeUndefined(),
  );
});

describe('jobIdIn', () => {
  it('is the id of an answer', () => expect(jobIdIn({ id: 'video_1' })).toBe('video_1'));

  it.each([undefined, null, '', 'video_1', [], {}, { id: '' }, { id: 7 }, { id: 'a'.repeat(257) }])(
    'is not in %j',
    (answer) => expect(() => jobIdIn(answer)).toThrow(),
  );
});
