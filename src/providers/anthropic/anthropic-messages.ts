import type { Message } from '../contract/text-request.js';
import type { AnthropicBlock, AnthropicMessage, TextBlock } from './anthropic-blocks.js';
import { toBlocks, toContent } from './anthropic-content.js';

/** A conversation has to begin with the user; one that begins with the assistant's greeting gets this before it. */
const OPENING = '(The conversation begins.)';

export interface AnthropicConversation {
  system?: string | TextBlock[];
  messages: AnthropicMessage[];
}

/**
 * The conversation as Anthropic takes it: `system` apart, roles in turn, the user first, the results of a turn's tools
 * together and before anything else that the user says.
 */
export function toAnthropicMessages(messages: Message[], furtherInstructions: string[] = []): AnthropicConversation {
  const system = messages.flatMap(({ role, content }) =>
    role === 'system' ? [toContent(content).filter(isText)] : [],
  );
  const turns = mergeTurns(messages.filter(({ role }) => role !== 'system'));
  system.push(...furtherInstructions.map(toContent).map((blocks) => blocks.filter(isText)));
  const instructions = system.map((blocks) => blocks.map(({ text }) => text).join('')).filter((text) => text !== '');
  const blocks = system.flat();
  // Instructions alone are no conversation there; elsewhere they are answered.
  if (turns.length === 0) return { messages: [{ role: 'user', content: instructions.join('\n\n') }] };
  if (turns[0]?.role === 'assistant') turns.unshift({ role: 'user', content: OPENING });
  trimPrefill(turns);
  if (instructions.length === 0) return { messages: turns };
  const isCached = blocks.some((block) => block.cache_control);
  return { system: isCached ? blocks : instructions.join('\n\n'), messages: turns };
}

/** Joins neighbours of one role. A message of which nothing is left goes. */
function mergeTurns(messages: Message[]): AnthropicMessage[] {
  const turns: AnthropicMessage[] = [];
  for (const message of messages) {
    const speaker = message.role === 'assistant' ? 'assistant' : 'user';
    const blocks = toBlocks(message);
    const last = turns.at(-1);
    if (blocks.length === 0) continue;
    if (last?.role === speaker) last.content = joined(asBlocks(last.content), blocks);
    else turns.push({ role: speaker, content: isPlain(message, blocks) ? message.content : blocks });
  }
  return turns;
}

function joined(blocks: AnthropicBlock[], more: AnthropicBlock[]): AnthropicBlock[] {
  const all = [...blocks, ...more];
  const isResult = ({ type }: AnthropicBlock) => type === 'tool_result';
  return [...all.filter(isResult), ...all.filter((block) => !isResult(block))];
}

function isPlain(message: Message, blocks: AnthropicBlock[]): message is Message & { content: string } {
  return typeof message.content === 'string' && blocks.length === 1 && blocks[0]?.type === 'text';
}

function asBlocks(content: string | AnthropicBlock[]): AnthropicBlock[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content;
}

/** An answer begun for the model must not end in white space. */
function trimPrefill(turns: AnthropicMessage[]): void {
  const last = turns.at(-1);
  if (last?.role !== 'assistant') return;
  const blocks = asBlocks(last.content);
  const end = blocks.at(-1);
  if (end?.type !== 'text') return;
  const text = blocks.every(isText) ? blocks.map((block) => block.text).join('') : end.text;
  const kept = text.trimEnd();
  if (blocks.every(isText)) last.content = kept;
  else last.content = [...blocks.slice(0, -1), { ...end, text: kept }];
  if (kept === '') turns.pop();
}

function isText(block: AnthropicBlock): block is TextBlock {
  return block.type === 'text';
}
