import type { IncomingHttpHeaders } from 'node:http';
import type { RefusalName } from '../faults/fault-names.js';

export const WIRE_NAMES = ['openai', 'anthropic'] as const;
export type WireName = (typeof WIRE_NAMES)[number];
export type JsonObject = Record<string, unknown>;

/** Why an answer ended; each wire has words of its own for it. */
export type EndReason = 'stop' | 'length' | 'filter';

/** An error as a vendor words it. */
export interface VendorError {
  status: number;
  type: string;
  message: string;
  code?: string;
  param?: string;
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

/** What a text request asks for, whatever its wire. */
export interface TextRequest {
  model: string;
  isStreamed: boolean;
  /** The caller wants usage in the stream (Anthropic's always has it). */
  wantsUsage: boolean;
  maxTokens: number | undefined;
  /** All text of all messages: what prompt tokens are counted from. */
  prompt: string;
  /** The last user message. */
  question: string;
}

export interface ReportedUsage {
  promptTokens: number;
  completionTokens: number;
}

/** What every event of one answer repeats. */
export interface ReplyHead {
  /** Unique part of the answer's id; the wire puts its prefix before it. */
  id: string;
  model: string;
  createdSeconds: number;
  wantsUsage: boolean;
  /** What is reported after so many tokens were sent; undefined: no usage is reported at all. */
  usageAfter(completionTokens: number): ReportedUsage | undefined;
}

/** One vendor's way of asking for text and of answering it, as an event stream or in one JSON body. */
export interface TextWire {
  readonly vendor: Vendor;
  /** @throws Rejection where the vendor would answer 400. */
  parse(body: JsonObject, headers: IncomingHttpHeaders): TextRequest;
  /** The events before the first content. */
  opening(head: ReplyHead): string;
  /** Prepares what all deltas of an answer share, for a function that is called for each of them. */
  deltaEncoder(head: ReplyHead): (text: string) => string;
  /** The events after the last content, usage included, without the terminator. */
  closing(head: ReplyHead, reason: EndReason, completionTokens: number): string;
  /** What tells the client that the stream is whole. */
  readonly terminator: string;
  readonly errorEvent: string;
  /** An event that is no JSON. */
  readonly malformedEvent: string;
  whole(head: ReplyHead, text: string, reason: EndReason, completionTokens: number): object;
}

/** The request can't be served; answered with the vendor's own error shape. */
export class Rejection extends Error {
  constructor(readonly error: VendorError) {
    super(error.message);
    this.name = 'Rejection';
  }
}
