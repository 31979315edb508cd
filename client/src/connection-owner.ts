import type { BackoffOptions } from './backoff.js';
import type { LivenessOptions } from './liveness.js';
import type { McpError } from './mcp-error.js';
import type { AnswerFrame } from './protocol.js';

export type ConnectionStatus =
  /** Nothing is outstanding, or nothing helps. */
  | { state: 'idle' }
  | { state: 'connecting' }
  | { state: 'open' }
  /** The connection was lost, or could not be had; the next try follows after the pause. */
  | { state: 'waiting'; error: McpError; pauseMs: number };

export interface ConnectionOptions {
  /** The next one is tried where one fails. */
  urls: readonly string[];
  backoff: BackoffOptions;
  liveness: LivenessOptions;
  openWithinMs: number;
  /** An open socket that nobody needs is closed after so long. */
  idleCloseMs: number;
}

export interface ConnectionOwner {
  /** Whether anything is outstanding. */
  needsConnection(): boolean;
  /** Everything outstanding is to be asked for (again). */
  opened(): void;
  frame(frame: AnswerFrame): void;
  /** A try failed. @param waitedMs since there was a connection that held, not counting time asleep */
  failed(error: McpError, waitedMs: number): void;
  /** No further try makes sense. */
  refused(error: McpError): void;
  /** The last socket died of a request that was too large. */
  tooLarge(error: McpError): void;
  status(status: ConnectionStatus): void;
}
