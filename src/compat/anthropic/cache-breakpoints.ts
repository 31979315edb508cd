import type { FieldFault } from '../../common/errors/field-faults.js';
import type { CacheBreakpoint } from '../../providers/contract/content-part.js';
import type { Message } from '../../providers/contract/text-request.js';
import type { Tool } from '../../providers/contract/tool.js';

/** Anthropic's own limit. */
const MOST_BREAKPOINTS = 4;

/** The conversation with a mark at its end, if that is something that can be marked. */
export function markedAtEnd(messages: readonly Message[], cacheBreakpoint: CacheBreakpoint): Message[] {
  const last = messages.at(-1);
  if (!last || last.content.length === 0) return [...messages];
  const parts = typeof last.content === 'string' ? [{ type: 'text' as const, text: last.content }] : [...last.content];
  parts.push({ ...parts.pop()!, cacheBreakpoint });
  return [...messages.slice(0, -1), { ...last, content: parts }];
}

/** Marks of the cache that are more than there may be. */
export function breakpointFaults(messages: readonly Message[], tools: readonly Tool[] = []): FieldFault[] {
  let count = tools.filter(({ cacheBreakpoint }) => cacheBreakpoint).length;
  for (const { content } of messages)
    if (typeof content !== 'string') count += content.filter(({ cacheBreakpoint }) => cacheBreakpoint).length;
  if (count <= MOST_BREAKPOINTS) return [];
  const message = `cache_control must stand at no more than ${MOST_BREAKPOINTS} places; it stands at ${count}`;
  return [{ field: 'cache_control', message }];
}
