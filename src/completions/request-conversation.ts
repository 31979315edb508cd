import { MOST_FAULTS, type FieldFault } from '../common/errors/field-faults.js';
import type { ContentPart } from '../providers/contract/content-part.js';
import type { Message } from '../providers/contract/text-request.js';
import type { RequestPaths } from './request-paths.js';

const MOST_IMAGES = 100;
const MOST_CALLS = 128;
const LONGEST_CALL_ID_CHARACTERS = 256;
const CALL_NAME = /^[A-Za-z0-9_-]{1,64}$/;

/** What is wrong with a conversation: calls and their results have to fit, and images have their places. */
export function conversationFaults({ messages }: { messages: readonly Message[] }, paths: RequestPaths): FieldFault[] {
  const rules = new ConversationRules(paths);
  for (let index = 0; index < messages.length && rules.faults.length < MOST_FAULTS; index++)
    rules.read(messages[index]!, index);
  rules.ended();
  return rules.faults;
}

class ConversationRules {
  readonly faults: FieldFault[] = [];
  /** Calls of the last assistant's message that have no result yet, and where each stands. */
  private readonly unanswered = new Map<string, { message: number; call: number }>();
  private images = 0;

  constructor(private readonly paths: RequestPaths) {}

  read(message: Message, index: number): void {
    if (message.role === 'tool') this.readResult(message, index);
    else this.ended();
    if (message.toolCalls) this.readCalls(message, index);
    if (typeof message.content !== 'string') this.readParts(message, message.content, index);
  }

  /** Nothing more can answer the calls that are open. */
  ended(): void {
    if (this.unanswered.size === 0) return;
    for (const [, { message, call }] of this.unanswered)
      this.add(this.paths.toolCall(message, call, 'id'), "is answered by no message of role 'tool' right behind it");
    this.unanswered.clear();
  }

  private readResult({ toolCallId }: Message, index: number): void {
    const field = this.paths.message(index, 'toolCallId');
    if (toolCallId === undefined) this.add(field, "must be given for role 'tool'");
    else if (!this.unanswered.delete(toolCallId))
      this.add(field, 'must be the id of a call of the assistant message before it that has no other answer');
  }

  private readCalls({ role, toolCalls = [] }: Message, index: number): void {
    const path = this.paths.message(index, 'toolCalls');
    if (role !== 'assistant') return this.add(path, "goes with role 'assistant' only");
    if (toolCalls.length > MOST_CALLS) return this.add(path, `must have at most ${MOST_CALLS} calls`);
    for (const [call, { id, name }] of toolCalls.entries()) {
      const field = (part: 'id' | 'name') => this.paths.toolCall(index, call, part);
      if (id === '' || id.length > LONGEST_CALL_ID_CHARACTERS || /\p{Cc}/u.test(id))
        this.add(field('id'), `must be a string of 1 to ${LONGEST_CALL_ID_CHARACTERS} printable characters`);
      else if (this.unanswered.has(id)) this.add(field('id'), 'must be another than those of the calls before it');
      if (!CALL_NAME.test(name)) this.add(field('name'), 'must be 1 to 64 letters, digits, _ and -');
      this.unanswered.set(id, { message: index, call });
    }
  }

  private readParts({ role }: Message, parts: readonly ContentPart[], index: number): void {
    for (const [place, { type }] of parts.entries()) {
      if (type !== 'image') continue;
      if (role !== 'user' && role !== 'tool')
        this.add(this.paths.part(index, place), "must be text: images go with the roles 'user' and 'tool'");
      if (++this.images === MOST_IMAGES + 1)
        this.add(this.paths.part(index, place), `is one image too many: a request may have ${MOST_IMAGES}`);
    }
  }

  private add(field: string, rule: string): void {
    if (this.faults.length < MOST_FAULTS) this.faults.push({ field, message: `${field} ${rule}` });
  }
}
