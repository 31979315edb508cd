import type { JsonObject } from './wire.js';

/** The text of a message's content, which is a string or a list of parts; parts of other kinds have none. */
export function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content
    .map((part: unknown) => (isObject(part) && part.type === 'text' && typeof part.text === 'string' ? part.text : ''))
    .join('');
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The text of the user's last message that has some. */
export function questionOf(messages: JsonObject[]): string {
  const texts = messages.filter(({ role }) => role === 'user').map(({ content }) => textOf(content));
  return texts.findLast((text) => text !== '') ?? '';
}

/** The parts of a content, a plain text as one. */
export function partsOf(content: unknown): JsonObject[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return Array.isArray(content) ? content.filter(isObject) : [];
}
