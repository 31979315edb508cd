import type { Message, ReasoningBlock, ResponseFormat, TokenLogprob, Tool, ToolCall } from './conversation.js';

/** What goes over the socket (docs/protocol.md of the server), as far as this library reads and writes it. */

/** What every kind of request may say; the server has the defaults, except for `provider` ('auto'). */
export interface CommonOptions {
  model: string;
  /** `auto` (default), or the provider that is asked first. */
  provider?: string;
  /** false: the first provider only. */
  fallback?: boolean;
  /** false: refuse what the balance doesn't cover, instead of answering more briefly. */
  clampToBalance?: boolean;
  /** An answer that was given to the same request before will do: it is free. */
  cache?: boolean;
}

export interface GenerationOptions extends CommonOptions {
  /** false: the whole answer at its end. Default true, but false for a background request. */
  stream?: boolean;
  maxTokens?: number;
  temperature?: number;
  topP?: number;
  stop?: string | string[];
  presencePenalty?: number;
  frequencyPenalty?: number;
  /** The same seed and request: the same answer, as far as the vendor can. */
  seed?: number;
  tools?: Tool[];
  toolChoice?: 'auto' | 'none' | 'required' | { name: string };
  /** false: at most one call in an answer. */
  parallelToolCalls?: boolean;
  responseFormat?: ResponseFormat;
  reasoningEffort?: 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh';
  reasoningBudgetTokens?: number;
  /** Log probabilities of each token, and of so many alternatives (0 to 20). */
  topLogprobs?: number;
  /** The server keeps the request and answers it even if nobody waits. */
  background?: boolean;
  /**
   * What may be done for an answer that breaks off. 'continue': a model is given the text so far and writes on.
   * 'restart': it may begin anew; `parts()` and `onUpdate` tell of it.
   */
  onMidStreamFailure?: 'error' | 'continue' | 'restart';
}

export interface ChatOptions extends GenerationOptions {
  messages: Message[];
}

export type CompletionOptions = GenerationOptions & ({ prompt: string } | { messages: Message[] });

export interface EmbeddingOptions extends CommonOptions {
  prompt: string | string[];
  /** How long the vectors are to be, where the model lets one choose. */
  dimensions?: number;
}

/** A request's body as it is sent and kept: everything but the id. */
export interface RequestBody {
  type: 'chat' | 'completion' | 'embedding';
  provider: string;
  model: string;
  stream: boolean;
  [field: string]: unknown;
}

export interface Usage {
  promptTokens: number;
  completionTokens: number;
  totalTokens: number;
  /** What was charged. */
  credits: number;
  /** `provider`: its own count; otherwise the server's. */
  usageSource: 'provider' | 'estimated' | 'reaper' | (string & {});
  cachedTokens?: number;
  cacheWriteTokens?: number;
  cacheWriteHourTokens?: number;
  reasoningTokens?: number;
}

export interface AnswerMetadata {
  /** Those that really answered. */
  model: string;
  provider: string;
  /** Milliseconds from the request to its end. */
  latency: number;
  finishReason: 'stop' | 'length' | 'tool_calls' | 'content_filter' | 'credits_exhausted' | 'unknown' | (string & {});
  attempts: number;
  /** Which of the request's `stop` ended it, where the vendor says so. */
  stopSequence?: string;
  /** It was given before, and costs nothing this time. */
  cached?: true;
}

export interface ErrorBody {
  code: string;
  message: string;
  retryable: boolean;
  retryAfterMs?: number;
  details?: Record<string, unknown>;
}

/** What the end of an answer says beside its text. */
interface Ending {
  usage?: Usage;
  metadata?: AnswerMetadata;
  balance?: number;
}

export interface ChunkFrame {
  id: string;
  type: 'chunk';
  seq: number;
  data: string;
  reasoning?: string;
  /** Of the reasoning so far. */
  reasoningSignature?: string;
  redactedReasoning?: string;
  toolCalls?: ToolCallDelta[];
  logprobs?: TokenLogprob[];
  /** Who writes: on the first chunk, and on the first of another one that goes on. */
  model?: string;
  provider?: string;
}

/** A piece of a call: the first of an index names it, those that follow add to the arguments. */
export interface ToolCallDelta {
  index: number;
  id?: string;
  name?: string;
  arguments: string;
}
/** What was shown so far is void. */
export interface RestartFrame {
  id: string;
  type: 'restart';
  seq: number;
}
export interface DoneFrame extends Ending {
  id: string;
  type: 'done';
  seq: number;
}
export interface CompletionFrame extends Ending {
  id: string;
  type: 'completion';
  data: string;
  embeddings?: number[][];
  reasoning?: string;
  reasoningBlocks?: ReasoningBlock[];
  toolCalls?: ToolCall[];
  logprobs?: TokenLogprob[];
}
/** With `seq` an answer's end; without it a refusal that stored nothing. */
export interface ErrorFrame extends Ending {
  id: string;
  type: 'error';
  seq?: number;
  error: ErrorBody;
}
export interface EventFrame {
  id: string;
  type: 'event';
  channel: Channel;
  event: string;
  data: Record<string, unknown>;
}

/** What may come for one answer. */
export type AnswerFrame = ChunkFrame | RestartFrame | DoneFrame | CompletionFrame | ErrorFrame | EventFrame;

export type Channel = 'account' | 'requests' | 'videos';

/** Something that happened to one's account, requests or videos. */
export type HubEvent = Pick<EventFrame, 'channel' | 'event' | 'data'>;

/** Undefined where the text is no frame: something else than a gateway talks. */
export function readFrame(text: string): AnswerFrame | undefined {
  try {
    const frame: unknown = JSON.parse(text);
    return isFrame(frame) ? frame : undefined;
  } catch {
    return undefined;
  }
}

function isFrame(value: unknown): value is AnswerFrame {
  if (typeof value !== 'object' || value === null) return false;
  const { id, type } = value as Record<string, unknown>;
  return typeof id === 'string' && typeof type === 'string';
}
