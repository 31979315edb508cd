import { withinCacheLimits } from './anthropic-cache.js';
import type { TextBlock } from './anthropic-blocks.js';

const block = (ttl?: '5m' | '1h'): TextBlock => ({
  type: 'text',
  text: 'x',
  ...(ttl === undefined ? {} : { cache_control: ttl === '1h' ? { type: 'ephemeral', ttl } : { type: 'ephemeral' } }),
});
const bodyOf = (...blocks: TextBlock[]) => ({ messages: [{ role: 'user', content: blocks }] });
const marks = (...ttls: ('5m' | '1h' | undefined)[]) =>
  withinCacheLimits(bodyOf(...ttls.map(block))).messages[0]!.content.map(
    ({ cache_control: control }) => control && (control.ttl ?? '5m'),
  );

describe('withinCacheLimits', () => {
  it('leaves up to four breakpoints alone', () => {
    expect(marks('1h', undefined, '1h', '5m', '5m')).toEqual(['1h', undefined, '1h', '5m', '5m']);
    expect(withinCacheLimits({ messages: [{ content: 'text' }] })).toEqual({ messages: [{ content: 'text' }] });
  });

  it('keeps the last four of more, which reach furthest', () => {
    expect(marks('5m', '5m', '5m', '5m', '5m', '5m')).toEqual([undefined, undefined, '5m', '5m', '5m', '5m']);
  });

  it('lets nothing for an hour come after something for five minutes', () => {
    expect(marks('1h', '5m', '1h')).toEqual(['1h', '5m', '5m']);
  });

  it('counts tools and instructions first', () => {
    const tools = [{ name: 'f', cache_control: { type: 'ephemeral' as const } }];
    const body = withinCacheLimits({ tools, system: [block('5m')], ...bodyOf(block('5m'), block('5m'), block('5m')) });
    expect(body.tools[0]).not.toHaveProperty('cache_control');
    expect(body.system[0]).toHaveProperty('cache_control');
  });
});
