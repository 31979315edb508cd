import type { StreamPart } from '../contract/stream-part.js';
import { newToolCallId } from '../conversation/tool-call-id.js';
import { asObject, asText, parseJsonObject, type JsonObject } from '../http/json.js';

/** A call as it has come so far. */
interface OpenCall {
  index: number;
  name: string;
  /** As the server numbers it; it may not. */
  wireIndex: unknown;
  /** As the server names it; it may not. */
  wireId: string | undefined;
  argumentsText: string;
}

/**
 * Reads the tool calls of a streamed answer, also from servers that leave out the index or the id, repeat the id and
 * the name with every piece, number every call 0, or send a call whole. Calls come out as 0, 1, 2 in the order in
 * which they began.
 */
export class OpenAiToolCalls {
  private readonly calls: OpenCall[] = [];

  get count(): number {
    return this.calls.length;
  }

  read(deltas: unknown, parts: StreamPart[]): void {
    if (!Array.isArray(deltas)) return;
    for (const value of deltas) {
      const delta = asObject(value);
      const called = asObject(delta?.function);
      if (delta) this.readPiece(delta.index, asText(delta.id), called ?? {}, parts);
    }
  }

  /** The way before there were tools: one call, without an id. */
  readLegacy(value: unknown, parts: StreamPart[]): void {
    const called = asObject(value);
    if (called) this.readPiece(0, undefined, called, parts);
  }

  private readPiece(wireIndex: unknown, wireId: string | undefined, called: JsonObject, parts: StreamPart[]): void {
    const name = asText(called.name);
    const argumentsText = argumentsOf(called.arguments);
    const open = this.find(wireIndex, wireId, name);
    if (open) {
      open.argumentsText += argumentsText;
      if (argumentsText !== '') parts.push({ type: 'tool-call-delta', index: open.index, argumentsText });
    } else if (name !== undefined) {
      const index = this.calls.length;
      this.calls.push({ index, name, wireIndex, wireId, argumentsText });
      parts.push({ type: 'tool-call-delta', index, id: wireId ?? newToolCallId(), name, argumentsText });
    }
  }

  /** The call that a piece goes on with; undefined: it begins another. */
  private find(wireIndex: unknown, wireId: string | undefined, name: string | undefined): OpenCall | undefined {
    const sameId = wireId === undefined ? undefined : this.calls.find((call) => call.wireId === wireId);
    if (sameId || (wireId !== undefined && name !== undefined)) return sameId;
    const isNumbered = typeof wireIndex === 'number';
    const call = isNumbered ? this.calls.findLast((each) => each.wireIndex === wireIndex) : this.calls.at(-1);
    if (!call || name === undefined) return call;
    // A name that comes again without an id begins another call where the one before it is whole.
    return name === call.name && !parseJsonObject(call.argumentsText) ? call : undefined;
  }
}

/** Some servers send the arguments as an object. */
function argumentsOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return asObject(value) ? JSON.stringify(value) : '';
}
