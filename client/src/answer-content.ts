import type { Message, ReasoningBlock, TokenLogprob, ToolCall } from './conversation.js';
import type { ChunkFrame, CompletionFrame, ToolCallDelta } from './protocol.js';

/** All that an answer says. */
export interface AnswerContent {
  readonly text: string;
  readonly reasoning: string;
  readonly toolCalls: readonly ToolCall[];
  /** The reasoning block by block, as its vendor wants it back with the results of tools; `message` has it. */
  readonly reasoningBlocks: readonly ReasoningBlock[];
  /** Of each token, where they were asked for. */
  readonly logprobs: readonly TokenLogprob[];
}

export const NO_CONTENT: AnswerContent = { text: '', reasoning: '', toolCalls: [], reasoningBlocks: [], logprobs: [] };

/** Content with what a chunk adds. Pure. */
export function withChunk(content: AnswerContent, chunk: ChunkFrame): AnswerContent {
  const { data, reasoning, reasoningSignature, redactedReasoning, toolCalls, logprobs } = chunk;
  const thinks = reasoning !== undefined || reasoningSignature !== undefined || redactedReasoning !== undefined;
  return {
    text: content.text + data,
    reasoning: content.reasoning + (reasoning ?? ''),
    toolCalls: toolCalls ? toolCalls.reduce(withDelta, content.toolCalls) : content.toolCalls,
    reasoningBlocks: thinks ? withReasoning(content.reasoningBlocks, chunk) : content.reasoningBlocks,
    logprobs: logprobs ? [...content.logprobs, ...logprobs] : content.logprobs,
  };
}

/** The content of an answer in one piece. */
export function wholeContent(frame: CompletionFrame): AnswerContent {
  const { data, reasoning = '', reasoningBlocks = [], toolCalls = [], logprobs = [] } = frame;
  return { text: data, reasoning, reasoningBlocks, toolCalls, logprobs };
}

/** The answer as the next request's messages have it. Reasoning goes back only where its vendor wants it. */
export function messageOf({ text, toolCalls, reasoningBlocks }: AnswerContent): Message {
  const isWanted = reasoningBlocks.some((block) => 'redacted' in block || block.signature !== undefined);
  return {
    role: 'assistant',
    content: text,
    ...(toolCalls.length > 0 ? { toolCalls } : {}),
    ...(isWanted ? { reasoning: reasoningBlocks } : {}),
  };
}

function withDelta(calls: readonly ToolCall[], { index, id, name, arguments: more }: ToolCallDelta): ToolCall[] {
  const next = [...calls];
  const call = next[index] ?? { id: '', name: '', arguments: '' };
  next[index] = { id: call.id || (id ?? ''), name: call.name || (name ?? ''), arguments: call.arguments + more };
  return next;
}

/** A signature ends a block; redacted thought is a block of its own. */
function withReasoning(blocks: readonly ReasoningBlock[], chunk: ChunkFrame): ReasoningBlock[] {
  const { reasoning = '', reasoningSignature, redactedReasoning } = chunk;
  const next = [...blocks, ...(redactedReasoning === undefined ? [] : [{ redacted: redactedReasoning }])];
  if (reasoning === '' && reasoningSignature === undefined) return next;
  const last = next.at(-1);
  const open = last && 'text' in last && last.signature === undefined ? last : undefined;
  const text = (open?.text ?? '') + reasoning;
  const block = reasoningSignature === undefined ? { text } : { text, signature: reasoningSignature };
  return open ? [...next.slice(0, -1), block] : [...next, block];
}
