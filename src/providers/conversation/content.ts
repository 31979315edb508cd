import type { ContentPart, ImagePart, TextPart } from '../contract/content-part.js';

/** A message's content as parts, whichever way it was given. */
export function partsOf(content: string | ContentPart[]): ContentPart[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content;
}

export function textOf(content: string | ContentPart[]): string {
  if (typeof content === 'string') return content;
  return content.map((part) => (part.type === 'text' ? part.text : '')).join('');
}

export function imagesOf(content: string | ContentPart[]): ImagePart[] {
  return typeof content === 'string' ? [] : content.filter((part) => part.type === 'image');
}

export function isText(part: ContentPart): part is TextPart {
  return part.type === 'text';
}
