import { messageOf, NO_CONTENT, wholeContent, withChunk, type AnswerContent } from './answer-content.js';
import type { Message } from './conversation.js';
import { McpError } from './mcp-error.js';
import type {
  AnswerFrame,
  AnswerMetadata,
  CompletionFrame,
  DoneFrame,
  ErrorFrame,
  EventFrame,
  Usage,
} from './protocol.js';

/** What a request that must wait is told. */
export interface QueuePlace {
  /** From 1; 0 where it waits for a worker and not for a place. */
  position: number;
  retryAfterMs: number | undefined;
}

/** A whole answer. */
export interface AnswerResult extends AnswerContent {
  /** The answer as a message: append it to the conversation, then one `tool` message for each of its calls. */
  message: Message;
  /** An embedding's vectors. */
  embeddings?: number[][];
  usage: Usage;
  metadata: AnswerMetadata;
  /** Of the account, after the charge. */
  balance: number;
}

export type Outcome =
  | { kind: 'done'; result: AnswerResult }
  | { kind: 'failed'; error: McpError }
  /** Given up on this side alone: at the server it may go on, and be read later. */
  | { kind: 'left'; error: McpError };

/** All that is known of one answer. */
export interface AnswerState extends AnswerContent {
  readonly id: string;
  /** The server has it. */
  readonly isAccepted: boolean;
  /** The last seq that is part of the content. */
  readonly lastSeq: number;
  /** How often it began anew. */
  readonly restarts: number;
  readonly queue: QueuePlace | undefined;
  readonly outcome: Outcome | undefined;
}

/** What a frame means for whoever keeps the answer going. */
export type Step =
  /** A duplicate, or nothing of interest. */
  | { kind: 'ignored' }
  | { kind: 'progress' }
  /** Frames are missing: ask again from `lastSeq`. */
  | { kind: 'gap' }
  /** Nothing was stored: the same id may be sent again. */
  | { kind: 'refused'; error: McpError }
  | { kind: 'ended' };

export interface Taken {
  state: AnswerState;
  step: Step;
}

export function newAnswer(id: string): AnswerState {
  return {
    id,
    isAccepted: false,
    lastSeq: 0,
    ...NO_CONTENT,
    restarts: 0,
    queue: undefined,
    outcome: undefined,
  };
}

/** Takes one frame of this answer. Pure: text grows by each seq once and in order, whatever comes how often. */
export function takeFrame(state: AnswerState, frame: AnswerFrame): Taken {
  if (state.outcome) return ignored(state);
  switch (frame.type) {
    case 'chunk':
      return inOrder(state, frame.seq, () => withChunk(state, frame));
    case 'restart':
      return inOrder(state, frame.seq, () => ({ ...NO_CONTENT, restarts: state.restarts + 1 }));
    case 'done':
      return isMissingSome(state, frame.seq) ? gap(state) : done(state, frame);
    case 'completion':
      return done({ ...state, ...wholeContent(frame) }, frame, frame.embeddings);
    case 'error':
      return takeError(state, frame);
    case 'event':
      return takeEvent(state, frame);
    default:
      frame satisfies never;
      return ignored(state); // a type of a later server
  }
}

/** An end that is not the server's. */
export function endAnswer(state: AnswerState, kind: 'failed' | 'left', error: McpError): AnswerState {
  return state.outcome ? state : { ...state, queue: undefined, outcome: { kind, error } };
}

function inOrder(state: AnswerState, seq: number, next: () => Partial<AnswerState>): Taken {
  if (seq <= state.lastSeq) return ignored(state);
  if (isMissingSome(state, seq)) return gap(state);
  return {
    state: { ...state, ...next(), lastSeq: seq, isAccepted: true, queue: undefined },
    step: { kind: 'progress' },
  };
}

/** A last frame below `lastSeq` is an end all the same: a database that was killed may know less than its readers. */
function isMissingSome({ lastSeq }: AnswerState, seq: number): boolean {
  return seq > lastSeq + 1;
}

function done(state: AnswerState, frame: DoneFrame | CompletionFrame, embeddings?: number[][]): Taken {
  const { usage, metadata, balance } = frame;
  if (!usage || !metadata || balance === undefined) {
    const message = `The end of the answer lacks its usage, metadata or balance.`;
    return ended(state, { kind: 'failed', error: new McpError('PROTOCOL', message, { requestId: state.id }) });
  }
  const { text, reasoning, toolCalls, reasoningBlocks, logprobs } = state;
  const content = { text, reasoning, toolCalls, reasoningBlocks, logprobs };
  const vectors = embeddings === undefined ? {} : { embeddings };
  const result = { ...content, message: messageOf(content), usage, metadata, balance, ...vectors };
  return ended(state, { kind: 'done', result });
}

function takeError(state: AnswerState, frame: ErrorFrame): Taken {
  const { seq, usage, metadata, balance } = frame;
  const error = McpError.from(frame.error, { usage, metadata, balance, requestId: state.id });
  if (seq === undefined && error.retryable) return { state, step: { kind: 'refused', error } };
  if (seq !== undefined && isMissingSome(state, seq)) return gap(state);
  return ended(state, { kind: 'failed', error });
}

function takeEvent(state: AnswerState, { event, data }: EventFrame): Taken {
  if (event !== 'request.queued' && event !== 'request.waiting') return ignored(state);
  const { position, retryAfterMs } = data as { position?: number; retryAfterMs?: number };
  const queue = event === 'request.queued' ? { position: position ?? 0, retryAfterMs } : undefined;
  return { state: { ...state, isAccepted: true, queue }, step: { kind: 'progress' } };
}

function ended(state: AnswerState, outcome: Outcome): Taken {
  return { state: { ...state, isAccepted: true, queue: undefined, outcome }, step: { kind: 'ended' } };
}

const ignored = (state: AnswerState): Taken => ({ state, step: { kind: 'ignored' } });
const gap = (state: AnswerState): Taken => ({ state, step: { kind: 'gap' } });
