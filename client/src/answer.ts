import type { AnswerRun } from './answer-run.js';
import { McpError } from './mcp-error.js';
import type { AnswerResult, AnswerState, QueuePlace } from './answer-state.js';
import type { ToolCall } from './conversation.js';
import type { RequestBody } from './protocol.js';

/** What an answer brings, in order. After `restart` everything before it is void. A call comes once it is whole. */
export type AnswerPart =
  | { type: 'text'; text: string }
  | { type: 'reasoning'; text: string }
  | { type: 'toolCall'; call: ToolCall }
  | { type: 'restart' };

/**
 * An answer on its way. Its text is kept from the start, so it may be read late, several times and by several readers,
 * and a reader who is slow gets larger pieces instead of a queue.
 */
export class Answer implements AsyncIterable<string> {
  /** The end: resolves with the whole answer, or rejects with an McpError. */
  readonly done: Promise<AnswerResult>;

  constructor(private readonly run: AnswerRun) {
    this.done = new Promise((resolve, reject) => {
      const look = () => {
        const { outcome } = run.state;
        if (outcome?.kind === 'done') resolve(outcome.result);
        else if (outcome) reject(outcome.error);
        return outcome !== undefined;
      };
      if (look()) return;
      const stop = run.listen(() => look() && stop());
    });
    this.done.catch(() => undefined); // whoever only iterates hears of it there
  }

  /** Names the answer for ever: `resume(id)` gets it back. */
  get id(): string {
    return this.run.id;
  }

  /** Undefined where the answer was resumed by its id alone. */
  get request(): RequestBody | undefined {
    return this.run.request;
  }

  /** All of it so far. */
  get text(): string {
    return this.state.text;
  }

  get reasoning(): string {
    return this.state.reasoning;
  }

  /** What the model asks for so far; the last one may not be whole before the answer has ended. */
  get toolCalls(): readonly ToolCall[] {
    return this.state.toolCalls;
  }

  /** "I have everything up to here." */
  get lastSeq(): number {
    return this.state.lastSeq;
  }

  /** Where the request waits, while it does. */
  get queue(): QueuePlace | undefined {
    return this.state.queue;
  }

  get hasEnded(): boolean {
    return this.state.outcome !== undefined;
  }

  /** Resolves when the server has the request: from then on it needs nobody who waits. @throws McpError */
  async accepted(): Promise<void> {
    while (!this.state.isAccepted && !this.state.outcome) await this.changed();
    const { outcome } = this.state;
    if (outcome && outcome.kind !== 'done') throw outcome.error;
  }

  /** Stops the answer at the server. What was delivered is charged; readers and `done` end with CANCELLED. */
  cancel(): void {
    this.run.cancel();
  }

  /** Calls the listener after each change of the text, the place in the queue or the outcome. @returns what ends that */
  onUpdate(listener: (answer: Answer) => void): () => void {
    return this.run.listen(() => listener(this));
  }

  /**
   * The text, piece by piece from the beginning. Leaving the loop doesn't stop the answer: `cancel()` does.
   * @throws McpError where the answer fails; RESTARTED where it begins anew after a piece was given
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<string, void, undefined> {
    let hasGiven = false;
    for await (const part of this.parts()) {
      if (part.type === 'restart' && hasGiven) throw restarted(this.id);
      if (part.type !== 'text') continue;
      hasGiven = true;
      yield part.text;
    }
  }

  /** Text, reasoning, calls of tools and restarts, from the beginning. @throws McpError where the answer fails */
  async *parts(): AsyncGenerator<AnswerPart, void, undefined> {
    const read = { restarts: this.state.restarts, text: 0, reasoning: 0, calls: 0 };
    for (;;) {
      const { restarts, text, reasoning, toolCalls, outcome } = this.state;
      const wholeCalls = outcome?.kind === 'done' ? outcome.result.toolCalls : toolCalls.slice(0, -1);
      if (restarts > read.restarts) {
        Object.assign(read, { restarts, text: 0, reasoning: 0, calls: 0 });
        yield { type: 'restart' };
      } else if (reasoning.length > read.reasoning) {
        const piece = reasoning.slice(read.reasoning);
        read.reasoning = reasoning.length;
        yield { type: 'reasoning', text: piece };
      } else if (text.length > read.text) {
        const piece = text.slice(read.text);
        read.text = text.length;
        yield { type: 'text', text: piece };
      } else if (wholeCalls.length > read.calls) yield { type: 'toolCall', call: wholeCalls[read.calls++]! };
      else if (!outcome) await this.changed();
      else if (outcome.kind !== 'done') throw outcome.error;
      else return;
    }
  }

  private get state(): AnswerState {
    return this.run.state;
  }

  private changed(): Promise<void> {
    return new Promise((resolve) => {
      const stop = this.run.listen(() => {
        stop();
        resolve();
      });
    });
  }
}

function restarted(requestId: string): McpError {
  const message = 'The answer began anew after a part of it was given: read parts(), or text with onUpdate().';
  return new McpError('RESTARTED', message, { requestId });
}
