import type { AnthropicFacts } from './anthropic-facts.js';
import { bad } from './anthropic-rejection.js';
import { isSigned } from './anthropic-signature.js';
import { isObject, partsOf, textOf } from './message-text.js';
import type { JsonObject } from './wire.js';

const ID = /^[a-zA-Z0-9_-]+$/;
const IMAGE_TYPES = ['image/jpeg', 'image/png', 'image/gif', 'image/webp'];
const ASSISTANT_BLOCKS = ['text', 'tool_use', 'thinking', 'redacted_thinking'];
const USER_BLOCKS = ['text', 'image', 'tool_result', 'document'];

/** @throws Rejection where Anthropic would refuse the conversation. */
export function checkAnthropicMessages(messages: unknown, facts: AnthropicFacts): asserts messages is JsonObject[] {
  if (!Array.isArray(messages) || messages.length === 0) throw bad('messages: at least one message is required');
  messages.forEach((message, index) => checkMessage(message, index, messages.length, facts));
  if ((messages[0] as JsonObject).role !== 'user') throw bad('messages: first message must use the "user" role');
  checkPrefill(messages.at(-1) as JsonObject, facts);
  checkCalls(messages as JsonObject[]);
}

function checkMessage(message: unknown, index: number, count: number, facts: AnthropicFacts): void {
  if (!isObject(message)) throw bad(`messages.${index}: Input should be an object`);
  const { role, content } = message;
  if (role !== 'user' && role !== 'assistant')
    throw bad(`messages.${index}.role: Input should be 'user' or 'assistant'`);
  if (typeof content !== 'string' && !Array.isArray(content)) throw bad(`messages.${index}.content: Field required`);
  const isLastWord = role === 'assistant' && index === count - 1;
  if (content.length === 0 && !isLastWord)
    throw bad(
      `messages.${index}: all messages must have non-empty content except for the optional final assistant message`,
    );
  if (Array.isArray(content))
    content.forEach((block, at) => checkBlock(block, role, `messages.${index}.content.${at}`, facts));
}

function checkBlock(block: unknown, role: string, param: string, facts: AnthropicFacts): void {
  const known = role === 'assistant' ? ASSISTANT_BLOCKS : USER_BLOCKS;
  if (!isObject(block) || !known.includes(String(block.type))) {
    throw bad(
      `${param}: Input tag found using 'type' does not match any of the expected tags: ${known.map((each) => `'${each}'`).join(', ')}`,
    );
  }
  switch (block.type) {
    case 'text':
      return checkText(block);
    case 'image':
      return checkImage(block, param, facts);
    case 'tool_use':
      return checkToolUse(block, param);
    case 'tool_result':
      return partsOf(block.content).forEach((part, at) => {
        if (part.type === 'image') checkImage(part, `${param}.content.${at}`, facts);
      });
    case 'thinking':
      if (!isSigned(block)) throw bad(`${param}: Invalid \`signature\` in \`thinking\` block`);
      return undefined;
    default:
      return undefined;
  }
}

function checkText({ text }: JsonObject): void {
  if (typeof text !== 'string' || text === '') throw bad('messages: text content blocks must be non-empty');
  if (text.trim() === '') throw bad('messages: text content blocks must contain non-whitespace text');
}

function checkImage({ source }: JsonObject, param: string, { takesImages }: AnthropicFacts): void {
  if (!takesImages) throw bad(`${param}: this model does not support image inputs`);
  if (!isObject(source)) throw bad(`${param}.image.source: Field required`);
  const { type, url, media_type: mediaType, data } = source;
  if (type === 'url' && typeof url === 'string' && /^https?:\/\//.test(url)) return;
  if (type !== 'base64') throw bad(`${param}.image.source: Only HTTPS URLs and base64 sources are supported.`);
  if (!IMAGE_TYPES.includes(String(mediaType))) {
    throw bad(
      `${param}.image.source.base64.media_type: Input should be ${IMAGE_TYPES.map((each) => `'${each}'`).join(', ')}`,
    );
  }
  if (typeof data !== 'string' || !/^[A-Za-z0-9+/]+=*$/.test(data))
    throw bad(`${param}.image.source.base64.data: invalid base64 data`);
}

function checkToolUse({ id, name, input }: JsonObject, param: string): void {
  if (typeof id !== 'string' || !ID.test(id))
    throw bad(`${param}.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'`);
  if (typeof name !== 'string') throw bad(`${param}.tool_use.name: Field required`);
  if (!isObject(input)) throw bad(`${param}.tool_use.input: Input should be a valid dictionary`);
}

function checkPrefill({ role, content }: JsonObject, { takesPrefill }: AnthropicFacts): void {
  if (role !== 'assistant') return;
  if (!takesPrefill)
    throw bad('This model does not support assistant message prefill. The conversation must end with a user message.');
  const last = partsOf(content).slice(-1);
  if (/\s$/.test(textOf(last))) {
    throw bad('messages: final assistant content cannot end with trailing whitespace');
  }
}

/** Every call is answered in the next message, before anything else, and nothing is answered that was not called for. */
function checkCalls(messages: JsonObject[]): void {
  let open: string[] = [];
  turnsOf(messages).forEach(({ role, blocks }, index) => {
    const firstOther = blocks.findIndex(({ type }) => type !== 'tool_result');
    const results = firstOther < 0 ? blocks : blocks.slice(0, firstOther);
    const answered = results.map((block) => String(block.tool_use_id));
    const unexpected = blocks.find(
      (block) => block.type === 'tool_result' && !open.includes(String(block.tool_use_id)),
    );
    if (unexpected) {
      throw bad(
        `messages.${index}.content.0: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${String(unexpected.tool_use_id)}. ` +
          'Each `tool_result` block must have a corresponding `tool_use` block in the previous message.',
      );
    }
    refuseUnanswered(
      open.filter((id) => !answered.includes(id)),
      index - 1,
    );
    open = role === 'assistant' ? blocks.filter(({ type }) => type === 'tool_use').map(({ id }) => String(id)) : [];
  });
  refuseUnanswered(open, messages.length - 1);
}

function refuseUnanswered(ids: string[], index: number): void {
  if (ids.length === 0) return;
  throw bad(
    `messages.${index}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${ids.join(', ')}. ` +
      'Each `tool_use` block must have a corresponding `tool_result` block in the next message.',
  );
}

/** Neighbours of one role are one turn. */
function turnsOf(messages: JsonObject[]): { role: unknown; blocks: JsonObject[] }[] {
  const turns: { role: unknown; blocks: JsonObject[] }[] = [];
  for (const { role, content } of messages) {
    const last = turns.at(-1);
    if (last && last.role === role) last.blocks.push(...partsOf(content));
    else turns.push({ role, blocks: partsOf(content) });
  }
  return turns;
}
