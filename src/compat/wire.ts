import type { GatewayError } from '../common/errors/gateway-error.js';

/** How one vendor's clients want errors. */
export interface ErrorWire {
  /** Of an HTTP answer; absent: the one that docs/errors.md has for its code. */
  httpStatus?(error: GatewayError): number;
  /** The body of an HTTP answer. */
  errorBody(error: GatewayError, requestId: string): object;
}

/** How one answer is written as a vendor would: made anew for each HTTP request, as it keeps where the answer stands. */
export interface AnswerWire {
  /** What the frames of a streamed answer are as events, in one piece; '' where they show nothing there. */
  events(frames: readonly string[]): string;
  /** An error after the first event. */
  errorEvent(error: GatewayError): string;
  /** What keeps a silent connection open and means nothing. */
  readonly heartbeat: string;
  /** The body of an answer that comes whole, from its `completion` frame. */
  wholeAnswer(frame: string): string;
}
