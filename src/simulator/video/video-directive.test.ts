import { readVideoDirective } from './video-directive.js';

const read = (directive: string) => readVideoDirective(`A boat ${directive} at night`);

describe('a [[video …]] directive', () => {
  it('is read wherever it stands, and need not be there', () => {
    expect(readVideoDirective('A boat at night')).toEqual({ faults: {} });
    expect(read('[[video ms=800 queue=200 fail=moderated code=x wire=sora]]')).toEqual({
      makingMs: 800,
      queueMs: 200,
      end: 'moderated',
      code: 'x',
      wire: 'sora',
      faults: {},
    });
  });

  it('has faults for each kind of request at once', () => {
    expect(read('[[video create=429 retry-after=2 poll=hang poll-times=2 poll-after=1 content=truncated]]')).toEqual({
      retryAfterSeconds: 2,
      faults: {
        create: { fault: '429' },
        poll: { fault: 'hang', times: 2, after: 1 },
        content: { fault: 'truncated' },
      },
    });
  });

  it('is no business of the other directive', () => {
    expect(read('[[sim fault=503]] [[video ms=1]]')).toEqual({ makingMs: 1, faults: {} });
    expect(read('[[videos ms=1]]')).toEqual({ faults: {} });
  });

  it.each([
    ['[[video', "'[[video' without its ']]'"],
    ['[[video ms=1]] [[video ms=2]]', 'more than one [[video …]]'],
    ['[[video ms=1 ms=2]]', "'ms' is given twice"],
    ['[[video ms=soon]]', 'ms=soon: allowed: a whole number from 0 to 10000000'],
    ['[[video pol=500]]', "unknown key 'pol'; did you mean 'poll'?"],
    ['[[video poll=truncated]]', 'poll=truncated: allowed: 400, 401'],
    ['[[video poll-times=2]]', "'poll-times' or -after without 'poll'"],
    ['[[video fail]]', "'fail' is not key=value"],
  ])('says what is wrong with %s', (directive, message) => {
    expect(() => read(directive)).toThrow(message);
  });
});
