import type { CacheBreakpoint } from '../../providers/contract/content-part.js';
import type { JsonSchema } from '../../providers/contract/tool.js';

/** The body of `POST /v1/messages` once it has passed its schema; nulls are gone. */
export interface MessageBody {
  model: string;
  messages: MessageParam[];
  system?: string | TextBlock[];
  max_tokens?: number;
  stream?: boolean;
  temperature?: number;
  top_p?: number;
  top_k?: number;
  stop_sequences?: string[];
  tools?: ToolParam[];
  tool_choice?: ToolChoiceParam;
  thinking?: { type: 'enabled'; budget_tokens: number } | { type: 'adaptive' | 'between_tools' | 'disabled' };
  output_config?: {
    effort?: 'low' | 'medium' | 'high' | 'xhigh' | 'max';
    format?: { type: 'json_schema'; schema: JsonSchema };
  };
  cache_control?: CacheControl;
  provider?: string;
  fallback?: boolean;
  cache?: boolean;
}

export interface CacheControl {
  type: 'ephemeral';
  ttl?: CacheBreakpoint['ttl'];
}

export interface ToolParam {
  name: string;
  description?: string;
  input_schema: JsonSchema;
  strict?: boolean;
  cache_control?: CacheControl;
}

export type ToolChoiceParam =
  | { type: 'auto' | 'any' | 'none'; disable_parallel_tool_use?: boolean }
  | { type: 'tool'; name: string; disable_parallel_tool_use?: boolean };

export interface MessageParam {
  role: 'user' | 'assistant' | 'system';
  content: string | Block[];
}

export interface TextBlock {
  type: 'text';
  text: string;
  cache_control?: CacheControl;
}

export interface ImageBlock {
  type: 'image';
  source: { type: 'base64'; media_type: string; data: string } | { type: 'url'; url: string };
  cache_control?: CacheControl;
}

export interface ToolResultBlock {
  type: 'tool_result';
  tool_use_id: string;
  content?: string | (TextBlock | ImageBlock)[];
  is_error?: boolean;
  cache_control?: CacheControl;
}

export type ThoughtBlock =
  { type: 'thinking'; thinking: string; signature: string } | { type: 'redacted_thinking'; data: string };

export interface ToolUseParam {
  type: 'tool_use';
  id: string;
  name: string;
  input: object;
  cache_control?: CacheControl;
}

export type Block = TextBlock | ImageBlock | ToolResultBlock | ThoughtBlock | ToolUseParam;
