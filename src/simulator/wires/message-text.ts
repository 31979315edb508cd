import type { JsonObject } from './wire.js';

/** The text of a message's content, which is a string or a list of parts; parts of other kinds have none. */
export function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content
    .map((part: unknown) => (isObject(part) && part.type === 'text' && typeof part.text === 'string' ? part.text : ''))
    .join('');
}

/** All text of the messages, and the text of the user's last one. */
export function promptOf(messages: JsonObject[]): { prompt: string; question: string } {
  const question = messages.findLast(({ role }) => role === 'user');
  return { prompt: messages.map(({ content }) => textOf(content)).join('\n'), question: textOf(question?.content) };
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether the value is a list of messages, each with a role and a content. */
export function areMessages(value: unknown): value is JsonObject[] {
  if (!Array.isArray(value) || value.length === 0) return false;
  return value.every((message) => isObject(message) && typeof message.role === 'string' && isContent(message.content));
}

function isContent(content: unknown): boolean {
  return content === null || typeof content === 'string' || Array.isArray(content);
}
