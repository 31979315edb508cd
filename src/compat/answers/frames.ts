import type { ToolCallDelta } from '../../completions/answer-content.js';
import type { AnswerMetadata, UsageSource } from '../../completions/answer-frames.js';
import type { TokenLogprob } from '../../providers/contract/stream-part.js';
import type { ReasoningBlock } from '../../providers/contract/text-request.js';
import type { ToolCall } from '../../providers/contract/tool.js';

/** Frames as they are read here (docs/protocol.md). */
export interface ChunkFrame {
  data: string;
  reasoning?: string;
  reasoningSignature?: string;
  redactedReasoning?: string;
  toolCalls?: ToolCallDelta[];
  logprobs?: TokenLogprob[];
  model?: string;
}

export interface EndFrame {
  usage: {
    promptTokens: number;
    completionTokens: number;
    totalTokens: number;
    credits: number;
    usageSource: UsageSource;
    cachedTokens?: number;
    cacheWriteTokens?: number;
    cacheWriteHourTokens?: number;
    reasoningTokens?: number;
  };
  metadata: AnswerMetadata;
  balance: number;
}

export interface CompletionFrame extends EndFrame {
  data: string;
  reasoning?: string;
  reasoningBlocks?: ReasoningBlock[];
  toolCalls?: ToolCall[];
  logprobs?: TokenLogprob[];
}
