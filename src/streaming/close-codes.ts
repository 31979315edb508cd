/** Why the gateway closes a socket (docs/protocol.md, "Closing"). */
export const CLOSE_CODES = {
  /** The node is shutting down: reconnect and resume. */
  DRAINING: 1001,
  /** A frame larger than MAX_FRAME_BYTES; sent by ws itself. */
  FRAME_TOO_LARGE: 1009,
  OVERLOADED: 1013,
  /** Three frames in a row that are no JSON objects. */
  NOT_THE_PROTOCOL: 4400,
  /** The token expired: come back with a new one and resume. */
  TOKEN_EXPIRED: 4401,
  FORBIDDEN: 4403,
  /** No answer to a ping. */
  SILENT: 4408,
  /** Reads more slowly than it is written to: reconnect and resume. */
  SLOW_CONSUMER: 4413,
  TOO_MANY: 4429,
} as const;
