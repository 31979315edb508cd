import { readFileSync } from 'node:fs';
import { FLAG_REASONS, flagReason } from './flag-reason.js';
import { VIDEO_FAILURES, type VideoFailureReason } from './video-failures.js';

const failed = (reason: VideoFailureReason, providerFault: string | null = null, finishedAt: Date | null = null) =>
  flagReason({ state: 'failed', error: VIDEO_FAILURES[reason], providerFault, finishedAt });

describe('why a video is flagged', () => {
  it.each([
    ['submit_unknown', 'timeout', null, 'order_unknown'],
    ['provider_lost', 'unreachable', null, 'provider_lost'],
    ['took_too_long', null, null, 'took_too_long'],
    ['not_delivered', 'UnplayableVideoError', new Date(), 'not_delivered'],
    ['too_large', 'MediaTooLargeError', new Date(), 'not_delivered'],
    ['not_stored', 'ENOSPC', new Date(), 'not_stored'],
    ['no_provider', 'invalid_api_key', null, 'key_or_quota'],
    ['retired', 'model_not_found', null, 'model_retired'],
    ['moderated', null, null, 'other'],
  ] as const)('of one that failed by %s (%s)', (reason, fault, finishedAt, expected) => {
    expect(failed(reason, fault, finishedAt)).toBe(expected);
  });

  it('of one that is less than it was ordered, and of one that was cancelled here and perhaps not there', () => {
    const rest = { error: null, providerFault: null, finishedAt: new Date() };
    expect(flagReason({ state: 'completed', ...rest })).toBe('less_than_ordered');
    expect(flagReason({ state: 'cancelled', ...rest })).toBe('may_run_on');
    const { submit_unknown: error } = VIDEO_FAILURES; // of its second step: the first one's file was delivered
    expect(flagReason({ state: 'completed', ...rest, error })).toBe('order_unknown');
  });

  it('is in docs/operations.md, with what to do about it', () => {
    const page = readFileSync(new URL('../../../docs/operations.md', import.meta.url), 'utf8');
    const section = /^## Flagged videos$(.*?)^## /ms.exec(page)![1]!;
    const told = [...section.matchAll(/^\| `(\w+)` +\|/gm)].map(([, reason]) => reason);
    expect([...told, 'other']).toEqual(Object.keys(FLAG_REASONS));
  });
});
