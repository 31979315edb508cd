import type { StreamPart } from '../contract/stream-part.js';
import { newToolCallId } from '../conversation/tool-call-id.js';
import { asObject, asText, type JsonObject } from '../http/json.js';

/** A `tool_use` block that has begun and not ended. */
interface OpenCall {
  /** 0, 1, 2 … among the calls; undefined: it is the answer itself. */
  index: number | undefined;
  hasArguments: boolean;
}

/** Reads the `tool_use` blocks of a streamed message; calls come out as 0, 1, 2 in the order in which they began. */
export class AnthropicToolCalls {
  private readonly open = new Map<unknown, OpenCall>();
  private count = 0;

  /** @param answerTool the tool whose arguments are the answer */
  constructor(private readonly answerTool: string | undefined) {}

  /** The model called no tool but the one whose arguments are the answer. */
  get isAnswer(): boolean {
    return this.answerTool !== undefined && this.count === 0;
  }

  begin(blockIndex: unknown, block: JsonObject, parts: StreamPart[]): void {
    const name = asText(block.name) ?? '';
    const index = name === this.answerTool ? undefined : this.count++;
    const call: OpenCall = { index, hasArguments: false };
    this.open.set(blockIndex, call);
    if (index !== undefined)
      parts.push({ type: 'tool-call-delta', index, id: asText(block.id) ?? newToolCallId(), name, argumentsText: '' });
    // The real one sends an empty object here and then the arguments; some servers have no more to say.
    const input = asObject(block.input);
    if (input && Object.keys(input).length > 0) push(call, JSON.stringify(input), parts);
  }

  goOn(blockIndex: unknown, json: unknown, parts: StreamPart[]): void {
    const call = this.open.get(blockIndex);
    const text = asText(json);
    if (call && text !== undefined) push(call, text, parts);
  }

  /** A tool that takes nothing is called with an empty object: clients parse what they get. */
  end(blockIndex: unknown, parts: StreamPart[]): void {
    const call = this.open.get(blockIndex);
    if (call && !call.hasArguments) push(call, '{}', parts);
    this.open.delete(blockIndex);
  }
}

function push(call: OpenCall, text: string, parts: StreamPart[]): void {
  call.hasArguments = true;
  const { index } = call;
  parts.push(
    index === undefined ? { type: 'text-delta', text } : { type: 'tool-call-delta', index, argumentsText: text },
  );
}
