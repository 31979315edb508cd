import { McpError } from './mcp-error.js';
import type { ErrorBody } from './protocol.js';

const UNAUTHORIZED = 401;
const TOO_MANY_REQUESTS = 429;
const FIRST_SERVER_FAULT = 500;

/**
 * A refusal over HTTP as an error. The gateway's own has a body with a code; a proxy before it may say anything.
 * @param retryAfterSeconds the header
 */
export function refusalOf(status: number, text: string, retryAfterSeconds?: string | null): McpError {
  const retryable = status === TOO_MANY_REQUESTS || status >= FIRST_SERVER_FAULT;
  const body = errorBody(text);
  const seconds = Number(retryAfterSeconds);
  const retryAfterMs = body?.retryAfterMs ?? (seconds > 0 ? seconds * 1_000 : undefined);
  if (body) return new McpError(body.code, body.message, { retryable, retryAfterMs, details: body.details });
  const code = status === UNAUTHORIZED ? 'UNAUTHORIZED' : retryable ? 'UNREACHABLE' : 'PROTOCOL';
  const message = `HTTP ${status}: this is no gateway, or something before it refuses the connection.`;
  return new McpError(code, message, { retryable, retryAfterMs });
}

function errorBody(text: string): ErrorBody | undefined {
  try {
    const { error } = JSON.parse(text) as { error?: Partial<ErrorBody> };
    return typeof error?.code === 'string' && typeof error.message === 'string' ? (error as ErrorBody) : undefined;
  } catch {
    return undefined;
  }
}
