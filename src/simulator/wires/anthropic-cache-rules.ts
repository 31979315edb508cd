import { bad } from './anthropic-rejection.js';
import { isObject } from './message-text.js';
import type { JsonObject } from './wire.js';

const MOST_BREAKPOINTS = 4;

/** What may be marked for the cache. @throws Rejection */
export function checkCacheControl({ tools, system, messages }: JsonObject): void {
  const contents = (messages as JsonObject[]).flatMap(({ content }) => content);
  const blocks = [tools, system, contents].flat().filter(isObject);
  const controls = blocks.map(({ cache_control: control }) => control).filter((control) => control != null);
  for (const control of controls) {
    const isKnown =
      isObject(control) && control.type === 'ephemeral' && ['5m', '1h', undefined].includes(control.ttl as string);
    if (!isKnown) throw bad("cache_control: Input should be {'type': 'ephemeral'} with a ttl of '5m' or '1h'");
  }
  if (controls.length > MOST_BREAKPOINTS) {
    throw bad(`A maximum of ${MOST_BREAKPOINTS} blocks with cache_control may be provided. Found ${controls.length}.`);
  }
  const isHour = controls.map((control) => (control as JsonObject).ttl === '1h');
  if (isHour.lastIndexOf(true) > isHour.indexOf(false) && isHour.includes(false)) {
    throw bad("a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block.");
  }
}
