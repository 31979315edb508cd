/** What a conversation is made of, and what may be asked of its answer (docs/protocol.md of the server). */

export interface TextPart {
  type: 'text';
  text: string;
  /** The provider may keep the prompt up to here, for what it costs. */
  cacheBreakpoint?: { ttl: '5m' | '1h' };
}

/** An image by its address, which the provider fetches, or by its bytes. */
export type ImagePart = {
  type: 'image';
  detail?: 'low' | 'high' | 'auto';
  cacheBreakpoint?: { ttl: '5m' | '1h' };
} & (
  | { /** http, https or `data:` */ url: string }
  | { /** base64 */ data: string; /** Absent: the bytes say it. */ mediaType?: string }
);

/** A function that the model may ask for. */
export interface Tool {
  /** 1 to 64 letters, digits, `_` and `-`. */
  name: string;
  description?: string;
  /** A JSON schema of the arguments, of type 'object'. */
  parameters?: Record<string, unknown>;
  /** The arguments have to fit the schema exactly, where the vendor can promise that. */
  strict?: boolean;
  cacheBreakpoint?: { ttl: '5m' | '1h' };
}

/** A call that the model asks for. */
export interface ToolCall {
  id: string;
  name: string;
  /** JSON text, as the model wrote it: parse it with care. */
  arguments: string;
}

/** What a model thought, as its vendor wants it back with the results of tools. */
export type ReasoningBlock = { text: string; signature?: string } | { redacted: string };

export interface Message {
  role: 'system' | 'user' | 'assistant' | 'tool';
  /** Of an assistant that only called tools it may be absent. */
  content?: string | (TextPart | ImagePart)[];
  name?: string;
  /** Of an assistant: what it asked for. */
  toolCalls?: readonly ToolCall[];
  /** Of a tool: which call this is the result of. */
  toolCallId?: string;
  /** Of a tool: it failed, and `content` says how. */
  isToolError?: boolean;
  /** Of an assistant. */
  reasoning?: readonly ReasoningBlock[];
}

export type ResponseFormat =
  | { type: 'text' }
  | { type: 'json_object' }
  | {
      type: 'json_schema';
      name: string;
      schema: Record<string, unknown>;
      description?: string;
      strict?: boolean;
    };

/** A token with its log probability. */
export interface TokenLogprob {
  token: string;
  logprob: number;
  bytes: number[] | null;
  top_logprobs?: { token: string; logprob: number; bytes: number[] | null }[];
}
