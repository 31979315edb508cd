import type { CacheControl } from './anthropic-blocks.js';

const MOST_BREAKPOINTS = 4;

interface Cacheable {
  cache_control?: CacheControl;
}
interface CacheableRequest {
  tools?: object[];
  system?: string | object[];
  messages: { content: string | object[] }[];
}

/**
 * The body with as many cache breakpoints as are taken: of more than four the last ones, which reach furthest; one for
 * an hour that comes after one for five minutes is refused and becomes such a one.
 */
export function withinCacheLimits<Request extends CacheableRequest>(body: Request): Request {
  const marked = cacheableBlocks(body).filter((block) => block.cache_control);
  for (const block of marked.slice(0, -MOST_BREAKPOINTS)) delete block.cache_control;
  const kept = marked.slice(-MOST_BREAKPOINTS);
  const firstShort = kept.findIndex((block) => block.cache_control?.ttl === undefined);
  if (firstShort >= 0) for (const block of kept.slice(firstShort)) block.cache_control = { type: 'ephemeral' };
  return body;
}

/** In the order in which the vendor puts the prompt together. The blocks are ours: nobody else's are changed. */
function cacheableBlocks({ tools = [], system = [], messages }: CacheableRequest): Cacheable[] {
  const contents = messages.flatMap(({ content }) => (typeof content === 'string' ? [] : content));
  return [...tools, ...(typeof system === 'string' ? [] : system), ...contents] as Cacheable[];
}
