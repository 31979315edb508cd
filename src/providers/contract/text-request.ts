import type { ContentPart } from './content-part.js';
import type { ResponseFormat, Tool, ToolCall, ToolChoice } from './tool.js';

/**
 * What a model thought before it answered, to be given back to the vendor that it came from: Claude wants it with the
 * results of its tools. `signature` proves that it is unchanged; `redacted` is thought that only the vendor can read.
 */
export type ReasoningBlock = { text: string; signature?: string } | { redacted: string };

/** One message of a conversation, in the platform's own shape; each vendor's strategy translates it. */
export interface Message {
  role: 'system' | 'user' | 'assistant' | 'tool';
  /** Of an assistant that only called tools: ''. Of a tool: its result. */
  content: string | ContentPart[];
  /** Names the speaker, where the vendor has such a field. */
  name?: string;
  /** Of an assistant: what it asked for. */
  toolCalls?: ToolCall[];
  /** Of a tool: which call this is the result of. */
  toolCallId?: string;
  /** Of a tool: it failed, and the content says how. */
  isToolError?: boolean;
  /** Of an assistant. */
  reasoning?: ReasoningBlock[];
}

/** How hard a reasoning model is to think, in OpenAI's words. */
export type ReasoningEffort = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh';

/** How a client wants its answer. A vendor that lacks one of these leaves it out, unless a capability says that it matters. */
export interface AnswerOptions {
  /** 0 to 2. */
  temperature?: number;
  /** 0 to 1. */
  topP?: number;
  /** Only the so many likeliest tokens are drawn from. */
  topK?: number;
  /** -2 to 2. */
  presencePenalty?: number;
  /** -2 to 2. */
  frequencyPenalty?: number;
  /** Where the answer ends; not part of it. At most 4. */
  stop?: string[];
  /** The same seed and request: the same answer, as far as the vendor can. */
  seed?: number;
  tools?: Tool[];
  toolChoice?: ToolChoice;
  /** false: at most one call in an answer. */
  parallelToolCalls?: boolean;
  responseFormat?: ResponseFormat;
  /** Absent: as the model does by itself. `budgetTokens`: Claude's way of saying it. */
  reasoning?: { effort?: ReasoningEffort; budgetTokens?: number };
  /** How many alternatives of each token are wanted with their log probabilities, 0 to 20; absent: none are. */
  topLogprobs?: number;
}

/** What a text provider is asked for. The output limit always goes upstream, so that the answer can't outgrow its hold. */
export interface TextRequest extends AnswerOptions {
  model: string;
  messages: Message[];
  /** Most tokens the answer may have, reasoning included. */
  maxOutputTokens: number;
  /**
   * An answer that was begun elsewhere: the model is to go on right behind it. As a prefill where it takes one, else as an
   * instruction.
   */
  continuation?: string;
}

export interface EmbeddingRequest {
  model: string;
  /** Texts, or lists of tokens of the model's own encoding. */
  inputs: (string | number[])[];
  /** Of the vectors, where the model lets one choose. */
  dimensions?: number;
  /** base64: the vectors pass as the provider wrote them, undecoded. */
  encoding: 'float' | 'base64';
}
