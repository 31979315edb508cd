import type { IncomingHttpHeaders } from 'node:http';
import type { Answer, AnswerBlock, AnswerEnd } from '../answer.js';
import type { RefusalName } from '../faults/fault-names.js';
import type { PromptPiece } from '../prompt.js';

export const WIRE_NAMES = ['openai', 'anthropic'] as const;
export type WireName = (typeof WIRE_NAMES)[number];
export type JsonObject = Record<string, unknown>;

/** An error as a vendor words it. */
export interface VendorError {
  status: number;
  type: string;
  message: string;
  code?: string;
  param?: string;
  /** Further fields of the error, as some who speak the wire have them. */
  details?: JsonObject;
}

/** How one vendor knows its callers and says no. */
export interface Vendor {
  readonly wire: WireName;
  readonly requestIdHeader: string;
  /** What is wrong with the caller's key; undefined: nothing. */
  keyError(headers: IncomingHttpHeaders): VendorError | undefined;
  refusal(name: RefusalName, model: string): VendorError;
  badRequest(message: string, param?: string): VendorError;
  notFound(path: string): VendorError;
  errorBody(error: VendorError, requestId: string): object;
}

/** A tool that the caller offers. */
export interface OfferedTool {
  name: string;
  schema: JsonObject;
}

/** What a text request asks for, whatever its wire. */
export interface TextRequest {
  model: string;
  isStreamed: boolean;
  /** The caller wants usage in the stream (Anthropic's always has it). */
  wantsUsage: boolean;
  maxTokens: number | undefined;
  prompt: PromptPiece[];
  /** The text of the user's last message that has some. */
  question: string;
  tools: OfferedTool[];
  toolChoice: 'auto' | 'none' | 'required' | { name: string };
  /** The conversation ends with results of tools. */
  hasToolResults: boolean;
  /** What the answer has to look like, if that was said; {}: any JSON object. */
  schema?: JsonObject;
  stop: string[];
  /** The caller wants the model to think before it answers. */
  isToThink: boolean;
  /** What the model thinks is sent; otherwise it only counts. */
  showsThoughts: boolean;
  /** How many alternatives are wanted with the log probability of each token; undefined: no log probabilities. */
  topLogprobs?: number;
}

export interface ReportedUsage {
  promptTokens: number;
  completionTokens: number;
  cachedTokens: number;
  cacheWriteTokens: number;
  /** The part of `cacheWriteTokens` that is kept for an hour. */
  cacheWriteHourTokens: number;
  reasoningTokens: number;
}

/** What every event of one answer repeats. */
export interface ReplyHead {
  /** Unique part of the answer's id; the wire puts its prefix before it. */
  id: string;
  model: string;
  createdSeconds: number;
  wantsUsage: boolean;
  topLogprobs?: number;
  /** The caller forced this tool by name. */
  forcedTool?: string;
  /** What is reported after so many tokens were sent; undefined: no usage is reported at all. */
  usageAfter(completionTokens: number, reasoningTokens: number): ReportedUsage | undefined;
}

/** What has been sent of an answer. */
export interface SentTokens {
  completionTokens: number;
  reasoningTokens: number;
}

/** One vendor's way of asking for text and of answering it, as an event stream or in one JSON body. */
export interface TextWire {
  readonly vendor: Vendor;
  /** @throws Rejection where the vendor would answer 400. */
  parse(body: JsonObject, headers: IncomingHttpHeaders): TextRequest;
  /** The events before the first block. */
  opening(head: ReplyHead): string;
  /** The events that begin a block; `index` is its place among all blocks. */
  blockStart(head: ReplyHead, block: AnswerBlock, index: number): string;
  /** Prepares what all deltas of a block share, for a function that is called for each of them. */
  deltaEncoder(head: ReplyHead, block: AnswerBlock, index: number): (text: string) => string;
  blockEnd(head: ReplyHead, block: AnswerBlock, index: number): string;
  /** The events after the last block, usage included, without the terminator. */
  closing(head: ReplyHead, end: AnswerEnd, sent: SentTokens): string;
  /** What tells the client that the stream is whole. */
  readonly terminator: string;
  readonly errorEvent: string;
  /** An event that is no JSON. */
  readonly malformedEvent: string;
  whole(head: ReplyHead, answer: Answer): object;
}

/** The request can't be served; answered with the vendor's own error shape. */
export class Rejection extends Error {
  constructor(readonly error: VendorError) {
    super(error.message);
    this.name = 'Rejection';
  }
}
