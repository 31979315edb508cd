import { ProviderError, type ProviderErrorKind } from '../contract/provider-error.js';
import { retryAfterMs, type HeaderSource } from './retry-after.js';
import { vendorMessage } from './vendor-message.js';

/** What a vendor says about a failure, whether as an HTTP answer or as an event within a stream. */
export interface VendorFault {
  /** Absent for an event within a stream that names none. */
  status?: number | undefined;
  headers?: HeaderSource | undefined;
  message: unknown;
  cause?: unknown;
}

/** What an HTTP status means where the vendor's own code says nothing more precise. */
export function kindOfStatus(status: number): ProviderErrorKind {
  if (status === 401 || status === 403) return 'unauthorized';
  if (status === 402) return 'quota_exhausted';
  if (status === 404 || status === 410) return 'model_not_found';
  if (status === 429) return 'rate_limited';
  if (status === 408 || status === 409 || status >= 500) return 'server_error';
  return status >= 400 ? 'bad_request' : 'malformed_response';
}

/** A vendor's failure as the orchestrator knows it. */
export function vendorError(providerId: string, kind: ProviderErrorKind, fault: VendorFault): ProviderError {
  const { status, headers, cause } = fault;
  const waitMs = headers && retryAfterMs(headers);
  const fallback =
    status === undefined ? `The provider reported a failure (${kind})` : `The provider answered ${status}`;
  return new ProviderError(providerId, kind, vendorMessage(fault.message, fallback), {
    ...(status === undefined ? {} : { status }),
    ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }),
    cause,
  });
}
