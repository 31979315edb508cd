import type { CacheBreakpoint } from './content-part.js';

/** A JSON schema, as the client gave it. */
export type JsonSchema = Record<string, unknown>;

/** A function that the model may ask the client to call. */
export interface Tool {
  /** 1 to 64 letters, digits, `_` and `-`: what both vendors take. */
  name: string;
  description?: string;
  /** Of its arguments, an object; absent: it takes none. */
  parameters?: JsonSchema;
  /** The arguments have to fit the schema exactly, where the vendor can promise that. */
  strict?: boolean;
  cacheBreakpoint?: CacheBreakpoint;
}

/** Whether the model may, must or must not call a tool, or which one it must call. */
export type ToolChoice = 'auto' | 'none' | 'required' | { name: string };

/** A call that the model made, whole. */
export interface ToolCall {
  id: string;
  name: string;
  /** JSON text, exactly as the model wrote it; it may be malformed. */
  arguments: string;
}

/** What the answer has to look like. */
export type ResponseFormat =
  | { type: 'text' }
  /** Some JSON object. */
  | { type: 'json_object' }
  | { type: 'json_schema'; name: string; schema: JsonSchema; description?: string; strict?: boolean };
