import { McpError } from './mcp-error.js';

/** What the end of a socket asks for. */
export type CloseVerdict =
  /** Connect again: after a pause, or without one (`atOnce`), and with a new token where this one is over. */
  | { kind: 'reconnect'; atOnce: boolean; needsToken: boolean }
  /** Connect again, without the request that was too large. */
  | { kind: 'too-large'; error: McpError }
  | { kind: 'fatal'; error: McpError };

const GOING_AWAY = 1001;
const FRAME_TOO_LARGE = 1009;
const NOT_THE_PROTOCOL = 4400;
const TOKEN_EXPIRED = 4401;
const FORBIDDEN = 4403;

/** Reads a close code (docs/protocol.md, "Closing"). Whatever it doesn't know is a lost connection. */
export function judgeClose(code: number, reason: string): CloseVerdict {
  switch (code) {
    case GOING_AWAY:
      return { kind: 'reconnect', atOnce: true, needsToken: false };
    case TOKEN_EXPIRED:
      return { kind: 'reconnect', atOnce: true, needsToken: true };
    case FRAME_TOO_LARGE:
      return {
        kind: 'too-large',
        error: new McpError('PAYLOAD_TOO_LARGE', 'The request is larger than the server takes.'),
      };
    case NOT_THE_PROTOCOL:
      return fatal('PROTOCOL', `The server does not understand this client: ${reason}`);
    case FORBIDDEN:
      return fatal('FORBIDDEN', reason || 'The server does not let this user in.');
    default:
      return { kind: 'reconnect', atOnce: false, needsToken: false };
  }
}

function fatal(code: string, message: string): CloseVerdict {
  return { kind: 'fatal', error: new McpError(code, message) };
}
