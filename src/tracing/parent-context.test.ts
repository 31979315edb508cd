import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { parentContext } from './parent-context.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

test('the caller and its decision to sample are taken over', () => {
  const of = (flags: string) => trace.getSpanContext(parentContext(`00-${TRACE}-${SPAN}-${flags}`));
  expect(of('01')).toEqual({ traceId: TRACE, spanId: SPAN, traceFlags: 1, isRemote: true });
  expect(of('00')?.traceFlags).toBe(0);
});

test.each([
  undefined,
  '',
  `ff-${TRACE}-${SPAN}-01`,
  `00-${'0'.repeat(32)}-${SPAN}-01`,
  `00-${TRACE}-${'0'.repeat(16)}-01`,
])('%p is nobody', (traceParent) => expect(parentContext(traceParent)).toBe(ROOT_CONTEXT));
