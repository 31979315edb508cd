import { isSpanContextValid, ROOT_CONTEXT, trace, type Context } from '@opentelemetry/api';

/** The context of a caller's span, by W3C's `traceparent`; the root where there is none, or none that is valid. */
export function parentContext(traceParent: string | undefined): Context {
  const [version, traceId = '', spanId = '', flags = ''] = traceParent?.split('-') ?? [];
  const parent = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
  return version !== 'ff' && isSpanContextValid(parent) ? trace.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT;
}
