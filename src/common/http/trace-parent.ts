import type { IncomingHttpHeaders } from 'node:http';

/** W3C Trace Context, 3.2: version, trace id, parent id, flags. */
const SHAPE = /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/;

/** The trace that a request says it belongs to; undefined where it says none, or says it badly. */
export function traceParentOf(headers: IncomingHttpHeaders): string | undefined {
  const { traceparent } = headers;
  return typeof traceparent === 'string' && SHAPE.test(traceparent) ? traceparent : undefined;
}
