const ANSWERS_WITHIN_MS = 10_000;
const MOST_BODY_BYTES = 8 * 1024 * 1024;
/** A Date header has whole seconds, and an answer takes its time. */
const MOST_SKEW_MS = 5_000;

/** What a server said to one cheap request. */
export interface Probed {
  status: number;
  /** Undefined where it was no JSON. */
  body: unknown;
  /** How far our clock is ahead of its, in milliseconds; undefined where it gives no Date, or no more than that would explain. */
  skewMs?: number;
}

/** It could not be asked at all; the message says why, without the address. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
}

/** Asks once, follows nothing. @throws UnreachableError */
export async function probe(url: string, headers: Record<string, string> = {}): Promise<Probed> {
  const begunMs = Date.now();
  try {
    const response = await fetch(url, { headers, redirect: 'manual', signal: AbortSignal.timeout(ANSWERS_WITHIN_MS) });
    const skewMs = skewOf(response.headers.get('date'), begunMs, Date.now());
    const body = await jsonOf(response);
    return { status: response.status, body, ...(skewMs === undefined ? {} : { skewMs }) };
  } catch (error) {
    throw new UnreachableError(reasonOf(error));
  }
}

/** Where the clocks agree within what the header can tell: undefined. */
export function skewOf(date: string | null, begunMs: number, endedMs: number): number | undefined {
  const theirsMs = date === null ? NaN : Date.parse(date);
  if (Number.isNaN(theirsMs)) return undefined;
  const aheadMs = begunMs - (theirsMs + 1_000);
  const behindMs = theirsMs - endedMs;
  const skewMs = aheadMs > 0 ? aheadMs : behindMs > 0 ? -behindMs : 0;
  return Math.abs(skewMs) > MOST_SKEW_MS ? skewMs : undefined;
}

async function jsonOf(response: Response): Promise<unknown> {
  const length = Number(response.headers.get('content-length') ?? 0);
  if (length > MOST_BODY_BYTES) {
    await response.body?.cancel();
    return undefined;
  }
  try {
    return JSON.parse(await response.text()) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function reasonOf(error: unknown): string {
  const { name, cause } = error as Error;
  if (name === 'TimeoutError') return `no answer within ${ANSWERS_WITHIN_MS / 1_000} s`;
  const { code, message } = (cause ?? {}) as { code?: string; message?: string };
  return code ?? message ?? name;
}
