import type { FaultOptions } from './fault-order.js';

/** The headers that tell the caller when to come back, in whichever of the three forms was asked for. */
export function retryHeaders(options: FaultOptions, nowMs: number): Record<string, string> {
  const { retryAfterSeconds, retryAfterDateSeconds, retryAfterMs } = options;
  const headers: Record<string, string> = {};
  if (retryAfterSeconds !== undefined) headers['retry-after'] = String(retryAfterSeconds);
  if (retryAfterDateSeconds !== undefined) headers['retry-after'] = httpDate(nowMs + retryAfterDateSeconds * 1000);
  if (retryAfterMs !== undefined) headers['retry-after-ms'] = String(retryAfterMs);
  return headers;
}

/** HTTP dates know whole seconds only; rounded up, so that nobody comes back too early. */
function httpDate(timeMs: number): string {
  return new Date(Math.ceil(timeMs / 1000) * 1000).toUTCString();
}
