import { estimateTokens } from '../billing/pricing/token-estimate.js';
import type { FinishReason, StreamPart, TokenLogprob } from '../providers/contract/stream-part.js';
import type { ReasoningBlock } from '../providers/contract/text-request.js';
import type { TokenUsage } from '../providers/contract/token-usage.js';
import type { ToolCall } from '../providers/contract/tool.js';

/** A piece of a tool call as a chunk shows it. */
export interface ToolCallDelta {
  index: number;
  id?: string;
  name?: string;
  arguments: string;
}

/** What one part adds to an answer that is shown as it comes. */
export interface ChunkContent {
  text: string;
  logprobs?: TokenLogprob[];
  reasoning?: string;
  /** Of the reasoning so far, and reasoning that only its vendor can read: a client that has tools gives both back. */
  reasoningSignature?: string;
  redactedReasoning?: string;
  toolCalls?: ToolCallDelta[];
}

/** An answer that is shown at its end, all of it. */
export interface WholeContent {
  text: string;
  reasoning: readonly ReasoningBlock[];
  toolCalls: readonly ToolCall[];
  logprobs: readonly TokenLogprob[];
}

/** What has come of an answer: what is counted of it, and, where it is shown at its end, all that it says. */
export class AnswerContent implements WholeContent {
  text = '';
  readonly reasoning: ReasoningBlock[] = [];
  readonly toolCalls: ToolCall[] = [];
  readonly logprobs: TokenLogprob[] = [];
  /** Our own count of the output. */
  countedTokens = 0;
  characters = 0;
  /** As the provider reported it. */
  usage: TokenUsage | undefined;
  /** Undefined until the provider gives one. */
  finishReason: FinishReason | undefined;
  stopSequence: string | undefined;
  /** It goes on with another answer, whose words are not here. */
  isRemainder = false;

  /** @param isKept false: what it says is shown as it comes, and not kept here */
  constructor(
    private readonly isKept: boolean,
    private readonly isCountedByProvider = true,
  ) {}

  /**
   * @param isPart what comes was asked for as a part of the answer: its provider's count is not of the whole
   * @returns an answer that goes on where this one broke off: what was delivered counts as its own
   */
  goneOnWith(isPart: boolean): AnswerContent {
    const content = new AnswerContent(false, !isPart);
    content.isRemainder = true;
    content.countedTokens = this.countedTokens;
    content.characters = this.characters;
    return content;
  }

  /** @returns what is to be shown of the part; undefined: nothing */
  take(part: StreamPart): ChunkContent | undefined {
    switch (part.type) {
      case 'text-delta':
        this.count(part.text);
        if (this.isKept) this.keepText(part);
        return part.logprobs ? { text: part.text, logprobs: part.logprobs } : { text: part.text };
      case 'reasoning-delta':
        this.count(part.text);
        if (this.isKept) this.keepReasoning(part);
        return reasoningChunk(part);
      case 'tool-call-delta':
        this.count(`${part.name ?? ''}${part.argumentsText}`);
        if (this.isKept) this.keepToolCall(part);
        return { text: '', toolCalls: [toolCallDelta(part)] };
      case 'usage':
        if (this.isCountedByProvider) this.usage = part.usage;
        return undefined;
      case 'finish':
        this.finishReason = part.reason;
        this.stopSequence = part.stopSequence;
        return undefined;
      default:
        return part satisfies never;
    }
  }

  private count(text: string): void {
    this.characters += text.length;
    this.countedTokens += estimateTokens(text);
  }

  private keepText({ text, logprobs }: Extract<StreamPart, { type: 'text-delta' }>): void {
    this.text += text;
    if (logprobs) this.logprobs.push(...logprobs);
  }

  private keepReasoning({ text, signature, redacted }: Extract<StreamPart, { type: 'reasoning-delta' }>): void {
    if (redacted !== undefined) this.reasoning.push({ redacted });
    const open = this.reasoning.at(-1);
    if (open && 'text' in open && open.signature === undefined) {
      open.text += text;
      if (signature !== undefined) open.signature = signature;
    } else if (text !== '' || signature !== undefined) {
      this.reasoning.push(signature === undefined ? { text } : { text, signature });
    }
  }

  private keepToolCall({ index, id, name, argumentsText }: Extract<StreamPart, { type: 'tool-call-delta' }>): void {
    const call = (this.toolCalls[index] ??= { id: '', name: '', arguments: '' });
    call.id ||= id ?? '';
    call.name ||= name ?? '';
    call.arguments += argumentsText;
  }
}

function reasoningChunk({ text, signature, redacted }: Extract<StreamPart, { type: 'reasoning-delta' }>): ChunkContent {
  return {
    text: '',
    reasoning: text,
    ...(signature === undefined ? {} : { reasoningSignature: signature }),
    ...(redacted === undefined ? {} : { redactedReasoning: redacted }),
  };
}

function toolCallDelta({ index, id, name, argumentsText }: Extract<StreamPart, { type: 'tool-call-delta' }>) {
  return {
    index,
    ...(id === undefined ? {} : { id }),
    ...(name === undefined ? {} : { name }),
    arguments: argumentsText,
  };
}
