import { traceParentOf } from './trace-parent.js';

const GIVEN = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

test('the trace of a request is taken as it is said', () => {
  expect(traceParentOf({ traceparent: GIVEN })).toBe(GIVEN);
});

test.each([undefined, '', 'trace', `${GIVEN}-more`, GIVEN.toUpperCase(), [GIVEN, GIVEN]])(
  '%j is none',
  (traceparent) => {
    expect(traceParentOf({ traceparent })).toBeUndefined();
  },
);
