import type { ReasoningEffort } from '../../providers/contract/text-request.js';
import type { JsonSchema } from '../../providers/contract/tool.js';

/** The body of `POST /v1/chat/completions` once it has passed its schema; nulls are gone. */
export interface ChatBody {
  model: string;
  messages: ChatMessage[];
  stream?: boolean;
  stream_options?: { include_usage?: boolean };
  max_completion_tokens?: number;
  max_tokens?: number;
  temperature?: number;
  top_p?: number;
  presence_penalty?: number;
  frequency_penalty?: number;
  seed?: number;
  stop?: string | string[];
  tools?: { function: { name: string; description?: string; parameters?: JsonSchema; strict?: boolean } }[];
  tool_choice?: 'none' | 'auto' | 'required' | { function: { name: string } };
  parallel_tool_calls?: boolean;
  response_format?: ChatResponseFormat;
  reasoning_effort?: ReasoningEffort | 'max';
  logprobs?: boolean;
  top_logprobs?: number;
  provider?: string;
  fallback?: boolean;
  cache?: boolean;
}

export type ChatResponseFormat =
  | { type: 'text' | 'json_object' }
  | { type: 'json_schema'; json_schema: { name: string; schema?: JsonSchema; description?: string; strict?: boolean } };

export interface ChatMessage {
  role: 'system' | 'developer' | 'user' | 'assistant' | 'tool';
  content?: string | ChatPart[];
  name?: string;
  refusal?: string;
  tool_calls?: { id: string; function: { name: string; arguments: string } }[];
  tool_call_id?: string;
}

/** Up to here OpenAI keeps the prompt. */
export interface ChatBreakpoint {
  ttl?: '30m' | '12h';
}

export type ChatPart =
  | { type: 'text'; text: string; prompt_cache_breakpoint?: ChatBreakpoint }
  | { type: 'refusal'; refusal: string }
  | {
      type: 'image_url';
      image_url: { url: string; detail?: 'low' | 'high' | 'auto' };
      prompt_cache_breakpoint?: ChatBreakpoint;
    };
