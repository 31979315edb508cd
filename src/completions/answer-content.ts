import { estimateTokens } from '../billing/pricing/token-estimate.js';
import type { FinishReason, StreamPart, TokenLogprob } from '../providers/contract/stream-part.js';
import type { ReasoningBlock } from '../providers/contract/text-request.js';
import type { TokenUsage } from '../providers/contract/token-usage.js';
import type { ToolCall } from '../providers/contract/tool.js';

type ContentPart = Exclude<StreamPart, { type: 'usage' | 'finish' }>;

/** Of one token with its probability. */
const LOGPROB_BYTES = 100;

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
  /** Words of it are not here that should be: it goes on with another answer's, or there was no room for them. */
  isPartial = false;

  /**
   * @param isKept false: what it says is shown as it comes, and not kept here
   * @param room for what is kept; absent: there is enough
   */
  constructor(
    private isKept: boolean,
    private readonly isCountedByProvider = true,
    private readonly room?: { take: (bytes: number) => boolean },
  ) {}

  /**
   * @param isPart what comes was asked for as a part of the answer: its provider's count is not of the whole
   * @returns an answer that goes on where this one broke off: what was delivered counts as its own
   */
  goneOnWith(isPart: boolean): AnswerContent {
    const content = new AnswerContent(false, !isPart);
    content.isPartial = true;
    content.countedTokens = this.countedTokens;
    content.characters = this.characters;
    return content;
  }

  /** @returns what is to be shown of the part; undefined: nothing */
  take(part: StreamPart): ChunkContent | undefined {
    switch (part.type) {
      case 'text-delta':
        this.count(part.text);
        if (this.keeps(part)) this.keepText(part);
        return part.logprobs ? { text: part.text, logprobs: part.logprobs } : { text: part.text };
      case 'reasoning-delta':
        this.count(part.text);
        if (this.keeps(part)) this.keepReasoning(part);
        return reasoningChunk(part);
      case 'tool-call-delta':
        this.count(`${part.name ?? ''}${part.argumentsText}`);
        if (this.keeps(part)) this.keepToolCall(part);
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

  private keeps(part: ContentPart): boolean {
    if (!this.isKept) return false;
    if (this.room === undefined || this.room.take(bytesOf(part))) return true;
    this.isKept = false;
    this.isPartial = true;
    this.text = '';
    for (const words of [this.reasoning, this.toolCalls, this.logprobs]) words.length = 0;
    return false;
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

/** About what a part takes in memory. */
function bytesOf(part: ContentPart): number {
  switch (part.type) {
    case 'text-delta':
      return (part.logprobs ?? []).reduce(
        (bytes, { top_logprobs: others = [] }) => bytes + LOGPROB_BYTES * (1 + others.length),
        part.text.length,
      );
    case 'reasoning-delta':
      return part.text.length + (part.signature?.length ?? 0) + (part.redacted?.length ?? 0);
    case 'tool-call-delta':
      return part.argumentsText.length + (part.name?.length ?? 0);
    default:
      return part satisfies never;
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
