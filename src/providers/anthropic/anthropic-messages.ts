import type { ContentPart, TextPart } from '../contract/content-part.js';
import type { Message } from '../contract/text-request.js';

export interface AnthropicMessage {
  role: 'user' | 'assistant';
  content: string | TextPart[];
}

/** A conversation has to begin with the user; one that begins with the assistant's greeting gets this before it. */
const OPENING = '(The conversation begins.)';

/** The conversation as Anthropic takes it: `system` apart, roles in turn, the user first. */
export function toAnthropicMessages(messages: Message[]): { system?: string; messages: AnthropicMessage[] } {
  const system = messages.filter(({ role }) => role === 'system').map(({ content }) => textOf(content));
  const turns = mergeTurns(messages.filter(({ role }) => role !== 'system'));
  const instructions = system.filter((text) => text !== '').join('\n\n');
  // Instructions alone are no conversation there; elsewhere they are answered.
  if (turns.length === 0) return { messages: [{ role: 'user', content: instructions }] };
  if (turns[0]?.role === 'assistant') turns.unshift({ role: 'user', content: OPENING });
  trimPrefill(turns);
  return instructions === '' ? { messages: turns } : { system: instructions, messages: turns };
}

/** Joins neighbours of one role. Empty texts are left out, since they are refused; a message that is nothing else goes. */
function mergeTurns(messages: Message[]): AnthropicMessage[] {
  const turns: AnthropicMessage[] = [];
  for (const { role, content } of messages) {
    const speaker = role === 'assistant' ? 'assistant' : 'user';
    const parts = partsOf(content);
    const last = turns.at(-1);
    if (parts.length === 0) continue;
    if (last?.role === speaker) last.content = [...partsOf(last.content), ...parts];
    else turns.push({ role: speaker, content: typeof content === 'string' ? content : parts });
  }
  return turns;
}

/** An answer begun for the model must not end in white space. */
function trimPrefill(turns: AnthropicMessage[]): void {
  const last = turns.at(-1);
  if (last?.role !== 'assistant') return;
  last.content = textOf(last.content).trimEnd();
  if (last.content === '') turns.pop();
}

function partsOf(content: string | ContentPart[]): TextPart[] {
  const parts = typeof content === 'string' ? [{ type: 'text' as const, text: content }] : content;
  return parts
    .filter((part): part is TextPart => part.type === 'text')
    .filter(({ text }) => text.trim() !== '')
    .map(({ text }) => ({ type: 'text', text }));
}

function textOf(content: string | ContentPart[]): string {
  return typeof content === 'string'
    ? content
    : content.map((part) => (part.type === 'text' ? part.text : '')).join('');
}
