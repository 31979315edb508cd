import type { CacheBreakpoint } from '../../providers/contract/content-part.js';
import type { Message } from '../../providers/contract/text-request.js';

/** The conversation with a mark at its end, if that is something that can be marked. */
export function markedAtEnd(messages: readonly Message[], cacheBreakpoint: CacheBreakpoint): Message[] {
  const last = messages.at(-1);
  if (!last || last.content.length === 0) return [...messages];
  const parts = typeof last.content === 'string' ? [{ type: 'text' as const, text: last.content }] : [...last.content];
  parts.push({ ...parts.pop()!, cacheBreakpoint });
  return [...messages.slice(0, -1), { ...last, content: parts }];
}
