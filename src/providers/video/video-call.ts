import type { JsonObject } from '../http/json.js';
import type { HeaderSource } from '../http/retry-after.js';

/** A vendor's answer that is no success. */
export interface Refusal {
  status: number;
  headers: HeaderSource;
  /** Absent where it is no JSON object. */
  body: JsonObject | undefined;
}

/**
 * One call of a vendor's API, and what became of it: the SDKs' errors don't tell whether a request may have been read,
 * and every SDK has its own.
 */
export class VideoCall {
  /** A connection came about: from then on the vendor may have read the request. */
  wasConnected = false;
  refusal: Refusal | undefined;
  /** Why there is no whole answer. */
  fault: unknown;

  /** @param isOrder it begins a job; everything else can be asked again */
  constructor(
    readonly signal: AbortSignal,
    readonly isOrder: boolean,
  ) {}

  /** For an SDK's request options. */
  get options(): { fetchOptions: object } {
    return { fetchOptions: { call: this } };
  }
}
