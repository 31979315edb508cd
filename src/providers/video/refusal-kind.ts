import type { VideoErrorKind } from '../contract/video-provider-error.js';
import { asObject, type JsonObject } from '../http/json.js';

/** The codes that say more than the status does, OpenAI's and those of servers that speak its wire. */
const KIND_OF_CODE: ReadonlyMap<string, VideoErrorKind> = new Map<string, VideoErrorKind>([
  ['insufficient_quota', 'quota_exhausted'],
  ['insufficient_credits', 'quota_exhausted'],
  ['billing_hard_limit_reached', 'quota_exhausted'],
  ['billing_not_active', 'quota_exhausted'],
  ['model_not_found', 'retired'],
  ['model_not_available', 'retired'],
  ['rate_limit_exceeded', 'rate_limited'],
  ['invalid_api_key', 'unauthorized'],
]);

/** A vendor's code for content that it refuses: 'moderation_blocked', 'content_policy_violation', 'SAFETY.INPUT.TEXT'. */
const MODERATION = /moderation|content_policy|content_filter|(^|[._])safety([._]|$)|sentinel_block/i;

/**
 * Statuses of an order that was refused for what it is, before anything was begun (RFC 9110, 6585, 7725); redirects that
 * stand for the request itself. What is not among them may come from a proxy that lost sight of an order: 408, 409, 425,
 * 499, every 5xx but 503.
 */
const CLEAR_REFUSALS: ReadonlySet<number> = new Set([
  ...[301, 307, 308],
  ...[400, 405, 406, 407, 411, 412, 413, 414, 415, 416, 417, 421, 422, 426, 428, 431, 451],
]);

export function isModerationCode(code: string | undefined): boolean {
  return code !== undefined && MODERATION.test(code);
}

/** Where vendors put a code: `{error: {code, type}}`, `{code}`. */
export function codesIn(body: JsonObject | undefined): unknown[] {
  const error = asObject(body?.error);
  return [error?.code, error?.type, body?.code];
}

/**
 * What a refusal means. Of an order, anything that leaves open whether a job has begun is `unknown_outcome`
 * (docs/decisions/2026-11-22-orders-of-unknown-outcome.md).
 * @param codes the vendor's, the most telling first
 */
export function refusalKind(status: number, codes: readonly unknown[], isOrder: boolean): VideoErrorKind {
  const known = codes.filter((code) => typeof code === 'string');
  const kind = known.map((code) => KIND_OF_CODE.get(code)).find(Boolean);
  if (kind) return kind;
  if (status < 500 && known.some(isModerationCode)) return 'moderated';
  return kindOfStatus(status, isOrder);
}

function kindOfStatus(status: number, isOrder: boolean): VideoErrorKind {
  if (status === 401 || status === 403) return 'unauthorized';
  if (status === 402) return 'quota_exhausted';
  if (status === 404 || status === 410) return isOrder ? 'retired' : 'job_not_found';
  if (status === 429 || status === 503) return 'rate_limited';
  if (isOrder) return CLEAR_REFUSALS.has(status) ? 'bad_request' : 'unknown_outcome';
  if (status >= 500) return 'server_error';
  return status >= 400 ? 'bad_request' : 'malformed_response';
}
