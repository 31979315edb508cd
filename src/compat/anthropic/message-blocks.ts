import type { ToolCallDelta } from '../../completions/answer-content.js';
import { JsonProgress } from './json-progress.js';
import { event } from './message-event.js';
import { toolUseId } from './tool-use-block.js';

/** Something that the answer goes on with. */
export type Piece =
  /** `json`: the text as JSON, as it stands in a frame. */
  | { type: 'text'; json: string }
  | { type: 'thinking'; text: string }
  /** Ends the thinking that it proves. */
  | { type: 'signature'; signature: string }
  | { type: 'redacted'; data: string }
  | { type: 'call'; delta: ToolCallDelta };

interface OpenBlock {
  type: 'text' | 'thinking' | 'call';
  /** What stands before and behind the JSON text of a delta. */
  head: string;
  tail: string;
  /** Of a call: which one it is, and how far its arguments have come. */
  call?: number;
  progress?: JsonProgress;
}

const PLACE = '\u0000';
const PLACE_JSON = JSON.stringify(PLACE);

/**
 * The blocks of a streamed message. One is open at a time, as Anthropic's clients expect, while a vendor may send the
 * pieces of several calls in turn: what comes while a call is not whole yet waits for its end.
 */
export class MessageBlocks {
  private count = 0;
  private open: OpenBlock | undefined;
  private readonly begunCalls = new Set<number>();
  private waiting: Piece[] = [];

  /** @returns the events that show it; '' where it has to wait */
  add(piece: Piece): string {
    if (!this.mustWait(piece)) return this.show(piece);
    this.waiting.push(piece);
    return '';
  }

  /** The answer has ended: shows what waits, and ends the last block. */
  end(): string {
    let events = this.close();
    while (this.waiting.length > 0) events += this.showWaiting() + this.close();
    return events;
  }

  private mustWait(piece: Piece): boolean {
    const { open } = this;
    if (!open?.progress || open.progress.isWhole) return false;
    return piece.type !== 'call' || piece.delta.index !== open.call;
  }

  private showWaiting(): string {
    const pieces = this.waiting;
    this.waiting = [];
    return pieces.map((piece) => this.add(piece)).join('');
  }

  private show(piece: Piece): string {
    switch (piece.type) {
      case 'text':
        return this.within('text') + this.delta(piece.json);
      case 'thinking':
        return this.within('thinking') + this.delta(JSON.stringify(piece.text));
      case 'signature':
        return this.within('thinking') + this.sign(piece.signature) + this.close();
      case 'redacted':
        return this.close() + this.start({ type: 'redacted_thinking', data: piece.data }) + this.stop();
      case 'call':
        return this.showCall(piece.delta);
      default:
        return piece satisfies never;
    }
  }

  private showCall({ index, id, name, arguments: text }: ToolCallDelta): string {
    let events = '';
    if (!this.begunCalls.has(index)) {
      this.begunCalls.add(index);
      const block = { type: 'tool_use', id: toolUseId(id, index), name: name ?? '', input: {} };
      events = this.close() + this.start(block);
      this.open = {
        ...this.opened('call', 'input_json_delta', 'partial_json'),
        call: index,
        progress: new JsonProgress(),
      };
    } else if (this.open?.call !== index) return ''; // its arguments were whole: what follows them is nothing
    if (text === '') return events;
    this.open.progress!.take(text);
    events += this.delta(JSON.stringify(text));
    return this.open.progress!.isWhole ? events + this.showWaiting() : events;
  }

  /** Makes the open block one of this type. */
  private within(type: 'text' | 'thinking'): string {
    if (this.open?.type === type) return '';
    const empty = type === 'text' ? { type, text: '' } : { type, thinking: '', signature: '' };
    const events = this.close() + this.start(empty);
    this.open = this.opened(type, `${type}_delta`, type);
    return events;
  }

  private opened(type: OpenBlock['type'], deltaType: string, field: string): OpenBlock {
    const delta = { type: 'content_block_delta', index: this.count, delta: { type: deltaType, [field]: PLACE } };
    const [head, tail] = event(delta).split(PLACE_JSON) as [string, string];
    return { type, head, tail };
  }

  private delta(json: string): string {
    return this.open!.head + json + this.open!.tail;
  }

  private sign(signature: string): string {
    return event({ type: 'content_block_delta', index: this.count, delta: { type: 'signature_delta', signature } });
  }

  private start(block: object): string {
    return event({ type: 'content_block_start', index: this.count, content_block: block });
  }

  private stop(): string {
    return event({ type: 'content_block_stop', index: this.count++ });
  }

  private close(): string {
    if (!this.open) return '';
    this.open = undefined;
    return this.stop();
  }
}
