import { retryAfterMs } from './retry-after.js';

const NOW_MS = Date.parse('2026-01-01T00:00:00Z');
const wait = (headers: Record<string, string>) => retryAfterMs({ get: (name) => headers[name] ?? null }, NOW_MS);

describe('retryAfterMs', () => {
  it('reads milliseconds, seconds and HTTP dates', () => {
    expect(wait({ 'retry-after-ms': '1500' })).toBe(1500);
    expect(wait({ 'retry-after': '2' })).toBe(2000);
    expect(wait({ 'retry-after': ' 0.25 ' })).toBe(250);
    expect(wait({ 'retry-after': 'Thu, 01 Jan 2026 00:00:07 GMT' })).toBe(7000);
  });

  it('prefers the milliseconds, unless they are unreadable', () => {
    expect(wait({ 'retry-after-ms': '10', 'retry-after': '2' })).toBe(10);
    expect(wait({ 'retry-after-ms': 'soon', 'retry-after': '2' })).toBe(2000);
  });

  it('never waits longer than a minute, nor less than nothing', () => {
    expect(wait({ 'retry-after': '86400' })).toBe(60_000);
    expect(wait({ 'retry-after': 'Thu, 01 Jan 2027 00:00:00 GMT' })).toBe(60_000);
    expect(wait({ 'retry-after': 'Wed, 31 Dec 2025 00:00:00 GMT' })).toBe(0);
    expect(wait({ 'retry-after': '0' })).toBe(0);
  });

  it.each(['', 'soon', '-5', '1e9', 'Infinity', 'NaN'])('finds nothing in %j', (text) => {
    expect(wait({ 'retry-after': text })).toBeUndefined();
  });

  it('finds nothing where there is no header', () => {
    expect(wait({})).toBeUndefined();
  });
});
