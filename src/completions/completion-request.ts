import type { MinuteLimits } from '../common/http/rate-limit-headers.js';
import type { GatewayError } from '../common/errors/gateway-error.js';
import type { AnswerOptions, EmbeddingRequest, Message } from '../providers/contract/text-request.js';

/** A client's request after validation, as every entrance (WebSocket, REST) hands it in. */
export interface CompletionRequest {
  /** The client's id: 1 to 128 printable ASCII characters, naming one stream of this user for ever. */
  id: string;
  type: 'chat' | 'completion' | 'embedding';
  /** 'auto' or a provider's name. */
  provider: string;
  model: string;
  /** Empty for an embedding. */
  messages: Message[];
  /** An embedding's texts, or lists of tokens; empty otherwise. */
  inputs: EmbeddingRequest['inputs'];
  /** How an embedding's vectors are wanted; absent otherwise. */
  vectors?: Pick<EmbeddingRequest, 'dimensions' | 'encoding'>;
  /** One text was given, not a list: the answer's `data` is one vector, not a list of them. */
  hasSingleInput: boolean;
  /** Frames as they come, or one answer at the end. */
  isStreamed: boolean;
  /** Durable: acknowledged when queued, answered by any worker; never streamed. */
  isBackground: boolean;
  /** Most tokens of the answer; absent: what the model allows, within reason. */
  maxTokens?: number;
  options: AnswerOptions;
  /** false pins the request to its first provider. */
  mayFallBack: boolean;
  /** Whether an answer may be cut to what the balance covers. */
  mayClampToBalance: boolean;
  /** What may happen when a provider is lost after some of its answer was shown and nobody repeats that; absent: the answer ends. */
  onMidStreamFailure?: 'continue' | 'restart';
  /** An answer that was given to the same request before will do. */
  mayUseCache: boolean;
  /** The caller's trace (W3C `traceparent`); absent: it names none. */
  traceParent?: string;
  /** Of the canonical body: the same id with another fingerprint is a conflict. */
  fingerprint: string;
}

/**
 * Who watches a stream: a connection. It gets frames only after they are logged, in order, each once. The stream does not
 * wait for it: while it is full it is given nothing live, and what it missed is read from the log once it has room.
 */
export interface StreamWatcher {
  /** It has not taken enough of what it was given. */
  readonly isFull: boolean;
  /**
   * Resolves as soon as it can be handed some more.
   * @param bytes how much there may be
   * @returns how much of that; kept free for it until the next `deliver`, which must follow, be it of nothing; 0: it has gone
   */
  room(bytes: number): Promise<number>;
  deliver(frames: readonly string[]): void;
  /** The terminal frame has gone out; nothing follows. */
  end(): void;
  /** The stream can't be shown any further here, though it may be asked for again by its id. */
  fail(error: GatewayError): void;
}

/** Who sent a request, and watches its answer. */
export interface RequestWatcher extends StreamWatcher {
  /** A frame that belongs to the request but not to its stream: it has no seq and is not repeated. */
  announce(frame: string): void;
  /** Its credits are held, and this is left of its user's minute. */
  admitted?(limits: MinuteLimits): void;
}
