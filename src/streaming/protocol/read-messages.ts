import type { Message, ReasoningBlock } from '../../providers/contract/text-request.js';
import type { ToolCall } from '../../providers/contract/tool.js';
import { alternatives, defined, FieldReader, isObject, type Faults } from './field-reader.js';
import { readContent } from './read-content.js';

const MOST_MESSAGES = 10_000;
const MOST_BLOCKS = 1_000;
const ROLES = ['system', 'user', 'assistant', 'tool'] as const;
const FIELDS = ['role', 'content', 'name', 'toolCalls', 'toolCallId', 'isToolError', 'reasoning'];
const CALL_FIELDS = ['id', 'name', 'arguments'];
const BLOCK_FIELDS = ['text', 'signature', 'redacted'];

/** The messages of a frame. What is wrong with them is added to `faults`, and what comes back is no good then. */
export function readMessages(messages: unknown, faults: Faults): Message[] {
  if (!Array.isArray(messages)) faults.add('messages', 'must be a list of messages');
  else if (messages.length === 0) faults.add('messages', 'must have at least 1 message');
  else if (messages.length > MOST_MESSAGES) faults.add('messages', `must have at most ${MOST_MESSAGES} messages`);
  else return messages.every(isPlain) ? messages : readAll(messages, faults);
  return [];
}

/** As nearly every message is: it is taken as it came. */
function isPlain(message: unknown): message is Message {
  if (!isObject(message)) return false;
  const { role, content } = message;
  if (typeof content !== 'string' || (role !== 'user' && role !== 'assistant' && role !== 'system')) return false;
  return Object.keys(message).length === 2;
}

function readAll(messages: readonly unknown[], faults: Faults): Message[] {
  const read: Message[] = [];
  for (let index = 0; index < messages.length && !faults.isFull; index++) {
    const message = messages[index];
    if (isPlain(message)) read.push(message);
    else if (isObject(message)) read.push(readMessage(message, `messages[${index}]`, faults));
    else faults.add(`messages[${index}]`, 'must be a message {role, content}');
  }
  return read;
}

function readMessage(message: Record<string, unknown>, path: string, faults: Faults): Message {
  const fields = new FieldReader(message, path, faults, FIELDS);
  const role = fields.oneOf('role', ROLES);
  if (role === undefined && fields.given('role') === undefined) fields.fault('role', `must be ${alternatives(ROLES)}`);
  const toolCalls = readCalls(fields, faults);
  const reasoning = readReasoning(fields, faults);
  const mayBeSilent = fields.given('toolCalls') !== undefined || fields.given('reasoning') !== undefined;
  const content = fields.given('content') ?? (mayBeSilent ? '' : undefined);
  for (const name of ['toolCallId', 'isToolError'])
    if (role !== 'tool' && fields.given(name) !== undefined) fields.fault(name, "goes with role 'tool' only");
  if (reasoning && role !== 'assistant') fields.fault('reasoning', "goes with role 'assistant' only");
  return defined({
    role: role ?? 'user',
    content: readContent(content, fields.pathOf('content'), faults),
    name: fields.text('name', 'must be a string of 1 to 64 characters', ({ length }) => length > 0 && length <= 64),
    toolCalls,
    toolCallId: fields.text('toolCallId'),
    isToolError: fields.flag('isToolError'),
    reasoning,
  });
}

function readCalls(fields: FieldReader, faults: Faults): ToolCall[] | undefined {
  return readObjects(fields, 'toolCalls', 'a list of calls {id, name, arguments}', faults)?.map(({ value, path }) => {
    const call = new FieldReader(value, path, faults, CALL_FIELDS);
    const rule = 'must be the arguments as JSON text, as the model wrote them';
    return { id: call.neededText('id'), name: call.neededText('name'), arguments: call.neededText('arguments', rule) };
  });
}

function readReasoning(fields: FieldReader, faults: Faults): ReasoningBlock[] | undefined {
  const what = `a list of 1 to ${MOST_BLOCKS} blocks {text, signature?} or {redacted}, as reasoningBlocks has them`;
  return readObjects(fields, 'reasoning', what, faults)?.map(({ value, path }) => {
    const block = new FieldReader(value, path, faults, BLOCK_FIELDS);
    const redacted = block.text('redacted');
    if (redacted === undefined) return defined({ text: block.neededText('text'), signature: block.text('signature') });
    for (const name of ['text', 'signature'])
      if (block.given(name) !== undefined) block.fault(name, 'does not go with redacted');
    return { redacted };
  });
}

/** The objects of a list that is absent or has some. */
function readObjects(
  fields: FieldReader,
  name: string,
  what: string,
  faults: Faults,
): { value: Record<string, unknown>; path: string }[] | undefined {
  const list = fields.given(name);
  if (list === undefined) return undefined;
  if (!Array.isArray(list) || list.length === 0 || list.length > MOST_BLOCKS)
    return fields.fault(name, `must be ${what}`);
  return list.flatMap((value: unknown, index) => {
    const path = `${fields.pathOf(name)}[${index}]`;
    if (isObject(value)) return [{ value, path }];
    faults.add(path, `must be an object, of ${what}`);
    return [];
  });
}
