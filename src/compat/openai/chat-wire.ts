import type { GatewayError } from '../../common/errors/gateway-error.js';
import type { AnswerWire } from '../wire.js';
import { finishReasonOf, gatewayFacts, usageOf } from './chat-end.js';
import type { ChunkFrame, CompletionFrame, EndFrame } from '../answers/frames.js';
import { openAiError } from './openai-errors.js';
import { plainText } from '../answers/plain-text.js';

/** Between the text of an event and what follows it. */
const END = '\n\n';
const NO_CONTENT = { role: 'assistant', content: '', refusal: null };

/** One answer as `chat.completion.chunk` events, or as one `chat.completion`. */
export class ChatWire implements AnswerWire {
  readonly heartbeat = ': still working\n\n';
  private readonly createdSeconds = Math.floor(Date.now() / 1_000);
  /** Where the text begins in the frame of a chunk. */
  private readonly textStart: number;
  private readonly usageNull: string;
  private model: string;
  private hasBegun = false;
  /** What stands before and behind the text of an event that has nothing else. */
  private head = '';
  private tail = '';

  constructor(
    private readonly id: string,
    requestedModel: string,
    private readonly isUsageWanted: boolean,
  ) {
    this.textStart = `{"id":${JSON.stringify(id)},"type":"chunk","data":`.length;
    this.usageNull = isUsageWanted ? ',"usage":null' : '';
    this.model = requestedModel;
  }

  events(frames: readonly string[]): string {
    let events = '';
    for (const frame of frames) {
      const text = this.hasBegun ? plainText(frame, this.textStart) : undefined;
      events += text === undefined ? this.event(frame) : this.head + text + this.tail;
    }
    return events;
  }

  errorEvent(error: GatewayError): string {
    return `data: ${JSON.stringify({ error: openAiError(error) })}${END}`;
  }

  wholeAnswer(text: string): string {
    const frame = JSON.parse(text) as CompletionFrame;
    const { toolCalls, logprobs, reasoning } = frame;
    const message = {
      role: 'assistant',
      content: frame.data === '' && toolCalls ? null : frame.data,
      refusal: null,
      ...(reasoning === undefined ? {} : { reasoning_content: reasoning }),
      ...(toolCalls
        ? { tool_calls: toolCalls.map(({ id, ...call }) => ({ id, type: 'function', function: call })) }
        : {}),
      annotations: [],
    };
    return JSON.stringify({
      id: this.id,
      object: 'chat.completion',
      created: this.createdSeconds,
      model: frame.metadata.model,
      choices: [{ index: 0, message, logprobs: logprobsOf(logprobs), finish_reason: finishReasonOf(frame) }],
      usage: usageOf(frame),
      gateway: gatewayFacts(frame),
    });
  }

  private event(text: string): string {
    const frame = JSON.parse(text) as { type: string } & ChunkFrame & EndFrame;
    return frame.type === 'done' ? this.ending(frame) : this.begin(frame.model) + this.content(frame);
  }

  /** The first event, and the frame of the others where another model writes on. */
  private begin(model: string | undefined): string {
    if (this.hasBegun && model === undefined) return '';
    this.model = model ?? this.model;
    const [head, tail] = this.chunk({ delta: { content: '\u0000' } }).split('"\\u0000"') as [string, string];
    this.head = head;
    this.tail = tail;
    if (this.hasBegun) return '';
    this.hasBegun = true;
    return this.chunk({ delta: NO_CONTENT });
  }

  /** '' where it holds nothing that OpenAI's clients know, such as the signature of a thought. */
  private content({ data, reasoning, toolCalls, logprobs }: ChunkFrame): string {
    const delta = {
      ...(data === '' ? {} : { content: data }),
      ...(reasoning ? { reasoning_content: reasoning } : {}),
      ...(toolCalls ? { tool_calls: toolCalls.map(toolCallDelta) } : {}),
    };
    if (Object.keys(delta).length === 0 && !logprobs) return '';
    return this.chunk({ delta, logprobs: logprobsOf(logprobs) });
  }

  private ending(frame: EndFrame): string {
    const begin = this.hasBegun ? '' : this.begin(frame.metadata.model);
    const finish = this.chunk({ delta: {}, finish_reason: finishReasonOf(frame) }, gatewayFacts(frame));
    const usage = this.isUsageWanted ? this.usage(frame) : '';
    return `${begin}${finish}${usage}data: [DONE]${END}`;
  }

  private chunk(choice: object, gateway?: object): string {
    const choices = JSON.stringify([{ index: 0, logprobs: null, finish_reason: null, ...choice }]);
    const facts = gateway ? `,"gateway":${JSON.stringify(gateway)}` : '';
    return `data: ${this.envelope()},"choices":${choices}${this.usageNull}${facts}}${END}`;
  }

  private usage(frame: EndFrame): string {
    return `data: ${this.envelope()},"choices":[],"usage":${JSON.stringify(usageOf(frame))}}${END}`;
  }

  private envelope(): string {
    const { id, model, createdSeconds: created } = this;
    return JSON.stringify({ id, object: 'chat.completion.chunk', created, model }).slice(0, -1);
  }
}

function logprobsOf(tokens: ChunkFrame['logprobs']): object | null {
  if (!tokens) return null;
  return { content: tokens.map((token) => ({ top_logprobs: [], ...token })), refusal: null };
}

function toolCallDelta({ index, id, name, arguments: text }: NonNullable<ChunkFrame['toolCalls']>[number]): object {
  const call = { ...(name === undefined ? {} : { name }), arguments: text };
  return { index, ...(id === undefined ? {} : { id, type: 'function' }), function: call };
}
