import { PrivateAddressError } from '../../common/net/public-lookup.js';
import { VideoProviderError, type VideoErrorKind } from '../contract/video-provider-error.js';
import { asObject, asText, type JsonObject } from '../http/json.js';
import { retryAfterMs } from '../http/retry-after.js';
import { vendorMessage } from '../http/vendor-message.js';
import { ForbiddenLinkError } from './link-reach.js';
import { jobCode } from './job-code.js';
import { codesIn, refusalKind } from './refusal-kind.js';
import type { Refusal, VideoCall } from './video-call.js';

/** What a vendor's refusals say that their status and codes don't. */
export type ReadRefusal = (body: JsonObject, status: number) => VideoErrorKind | undefined;

/** Whatever a call threw, as a VideoProviderError. */
export function videoError(
  providerId: string,
  call: VideoCall,
  error: unknown,
  readRefusal: ReadRefusal = () => undefined,
): VideoProviderError {
  if (error instanceof VideoProviderError) return error;
  if (call.refusal) return refusalError(providerId, call.refusal, call.isOrder, readRefusal);
  const cause = call.fault ?? error;
  const kind = call.isOrder ? kindOfLostOrder(call) : kindOfLostQuestion(call, cause);
  const { code, name } = asObject(cause) ?? {};
  const word = asText(code) ?? asText(name) ?? 'no code';
  return new VideoProviderError(providerId, kind, `No answer that could be read (${word})`, {
    cause: call.signal.aborted ? call.signal.reason : cause,
  });
}

/** Once there was a connection the order may have been read, whoever hung up after that. */
function kindOfLostOrder({ wasConnected }: VideoCall): VideoErrorKind {
  return wasConnected ? 'unknown_outcome' : 'not_sent';
}

function kindOfLostQuestion({ signal, fault }: VideoCall, cause: unknown): VideoErrorKind {
  if (signal.aborted) return 'aborted';
  if (cause instanceof PrivateAddressError || cause instanceof ForbiddenLinkError) return 'malformed_response';
  // Without a fault an answer came, and the SDK could make nothing of it.
  const { name, code } = asObject(fault) ?? {};
  const isGarbage = fault === undefined || name === 'HTTPParserError' || code === 'ERR_INVALID_URL';
  return isGarbage ? 'malformed_response' : 'unreachable';
}

/**
 * Envoy's own 503 says that it reached nobody, or that it lost the one who had read the order, which of the two in words
 * alone (envoyproxy.io, "Response Code Details": UF and UC). A 503 of the vendor's, passed on, is JSON.
 */
function isOfEnvoy({ status, headers, body }: Refusal): boolean {
  return status === 503 && body === undefined && /envoy/i.test(headers.get('server') ?? '');
}

function refusalError(
  providerId: string,
  refusal: Refusal,
  isOrder: boolean,
  readRefusal: ReadRefusal,
): VideoProviderError {
  const { status, headers, body } = refusal;
  const codes = codesIn(body);
  const told = isOrder && isOfEnvoy(refusal) ? 'unknown_outcome' : refusalKind(status, codes, isOrder);
  const kind = (body && readRefusal(body, status)) ?? told;
  const code = codes.map(jobCode).find(Boolean);
  const waitMs = retryAfterMs(headers);
  const words = asObject(body?.error)?.message ?? body?.error ?? body?.detail;
  return new VideoProviderError(providerId, kind, vendorMessage(words, `The provider answered ${status}`), {
    status,
    ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }),
    ...(code === undefined ? {} : { code }),
  });
}
