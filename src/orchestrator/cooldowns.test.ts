import { ProviderError, type ProviderErrorKind } from '../providers/contract/provider-error.js';
import { Cooldowns, type CooldownReason } from './cooldowns.js';

const fault = (kind: ProviderErrorKind, retryAfterMs?: number) =>
  new ProviderError('openai', kind, 'x', retryAfterMs === undefined ? {} : { retryAfterMs });
const limited = (retryAfterMs?: number) => fault('rate_limited', retryAfterMs);

describe('cooldowns', () => {
  let nowMs: number;
  let cooldowns: Cooldowns;
  beforeEach(() => {
    nowMs = 1_000;
    cooldowns = new Cooldowns(() => nowMs);
  });

  /** One call after another, each when it may be made; after how many seconds each of them failed. */
  function secondsBetween(failures: number, kind: ProviderErrorKind): number[] {
    const seen: number[] = [];
    for (let failure = 0; failure < failures; failure++) {
      const by = {};
      cooldowns.begins('openai', by);
      cooldowns.failed('openai', by, fault(kind));
      seen.push(Math.round(cooldowns.remainingMs('openai') / 1_000));
      nowMs += cooldowns.remainingMs('openai');
    }
    return seen;
  }

  it('last as long as the provider asked', () => {
    expect(cooldowns.failed('openai', {}, limited(2_000))).toEqual({
      endpointId: 'openai',
      reason: 'rate_limited',
      durationMs: 2_000,
    });
    expect(cooldowns.remainingMs('openai')).toBe(2_000);
    expect(cooldowns.reasonAt('openai')).toBe('rate_limited');
    expect(cooldowns.reasonAt('claude')).toBeUndefined();
    nowMs += 2_000;
    expect(cooldowns.reasonAt('openai')).toBeUndefined();
  });

  it('are never so short that a provider is asked in a tight loop', () => {
    cooldowns.failed('openai', {}, limited(0));
    expect(cooldowns.remainingMs('openai')).toBe(250);
  });

  it.each([
    ['rate_limited', [5, 10, 20, 40, 60, 60, 60]],
    ['unauthorized', [5, 10, 20, 40, 80, 160, 300, 300]],
    ['quota_exhausted', [5, 10, 20, 40, 80, 160, 300, 300]],
  ] as const)('double where the provider does not say for how long (%s)', (kind, most) => {
    const seen = secondsBetween(most.length, kind);
    seen.forEach((seconds, index) => {
      expect(seconds).toBeGreaterThanOrEqual(Math.floor(most[index]! * 0.9));
      expect(seconds).toBeLessThanOrEqual(most[index]!);
    });
  });

  it('count a burst of failures once, and begin anew after a success', () => {
    for (let failure = 0; failure < 50; failure++) cooldowns.failed('openai', {}, limited());
    expect(cooldowns.remainingMs('openai')).toBeLessThanOrEqual(5_000);
    nowMs += 5_000;
    cooldowns.succeeded('openai');
    cooldowns.failed('openai', {}, limited());
    expect(cooldowns.remainingMs('openai')).toBeLessThanOrEqual(5_000);
  });

  it('are not ended by a call that had begun before and succeeds', () => {
    cooldowns.failed('openai', {}, limited(2_000));
    cooldowns.succeeded('openai');
    expect(cooldowns.remainingMs('openai')).toBe(2_000);
  });

  it.each(['model_not_found', 'bad_request', 'context_length_exceeded', 'content_filtered', 'aborted'] as const)(
    'are no business of a request that is at fault itself, or was hung up on (%s)',
    (kind) => {
      for (let failure = 0; failure < 50; failure++) {
        cooldowns.failed('openai', {}, fault(kind));
        nowMs += 1_000;
      }
      expect(cooldowns.reasonAt('openai')).toBeUndefined();
    },
  );

  describe('of an endpoint that keeps failing', () => {
    it('begin with the second failure in a row where nothing succeeds for two seconds, or with the fifth at once', () => {
      cooldowns.failed('slow', {}, fault('unreachable'));
      nowMs += 2_000;
      expect(cooldowns.failed('slow', {}, fault('timeout'))?.reason).toBe('failing');
      const notices = Array.from({ length: 5 }, () => cooldowns.failed('fast', {}, fault('server_error')));
      expect(notices.map((notice) => notice?.reason)).toEqual([undefined, undefined, undefined, undefined, 'failing']);
    });

    it('never begin while others of its calls succeed', () => {
      for (let call = 0; call < 1_000; call++) {
        nowMs += 10;
        if (call % 3 === 0) cooldowns.succeeded('openai');
        else cooldowns.failed('openai', {}, fault('server_error'));
      }
      expect(cooldowns.reasonAt('openai')).toBeUndefined();
    });

    it('last up to 20 s, so that it is back within 30 s of its recovery', () => {
      cooldowns.failed('openai', {}, fault('server_error'));
      nowMs += 4_000;
      const seen = secondsBetween(6, 'server_error');
      const most = [5, 10, 20, 20, 20, 20];
      seen.forEach((seconds, index) => {
        expect(seconds).toBeGreaterThanOrEqual(Math.floor(most[index]! * 0.9));
        expect(seconds).toBeLessThanOrEqual(most[index]!);
      });
    });

    it('give way to what the provider says of our key', () => {
      for (let failure = 0; failure < 5; failure++) cooldowns.failed('openai', {}, fault('server_error'));
      cooldowns.failed('openai', {}, fault('unauthorized'));
      expect(cooldowns.reasonAt('openai')).toBe('unusable');
      cooldowns.failed('openai', {}, fault('server_error'));
      expect(cooldowns.reasonAt('openai')).toBe('unusable');
    });
  });

  describe('that are over', () => {
    beforeEach(() => {
      cooldowns.failed('openai', {}, limited(2_000));
      nowMs += 2_000;
    });

    it('let one call through to probe, and the others when it has succeeded', () => {
      expect(cooldowns.isProbeDue('openai')).toBe(true);
      const probe = {};
      expect(cooldowns.begins('openai', probe)).toBe(true);
      expect(cooldowns.reasonAt('openai')).toBe('rate_limited');
      expect(cooldowns.rateLimitMs('openai')).toBeLessThanOrEqual(100);
      cooldowns.succeeded('openai');
      expect(cooldowns.reasonAt('openai')).toBeUndefined();
      expect(cooldowns.begins('openai', {})).toBe(false);
    });

    it('go on with the probe that fails, twice as long', () => {
      const probe = {};
      cooldowns.begins('openai', probe);
      cooldowns.failed('openai', probe, limited());
      expect(Math.round(cooldowns.remainingMs('openai') / 1_000)).toBeGreaterThanOrEqual(9);
    });

    it('have another call probe where the first was hung up on, or takes too long', () => {
      const first = {};
      cooldowns.begins('openai', first);
      cooldowns.abandoned('openai', {});
      expect(cooldowns.reasonAt('openai')).toBe('rate_limited');
      cooldowns.abandoned('openai', first);
      expect(cooldowns.begins('openai', {})).toBe(true);
      nowMs += 9_999;
      expect(cooldowns.begins('openai', {})).toBe(false);
      nowMs += 1;
      expect(cooldowns.begins('openai', {})).toBe(true);
    });

    it('are over too where the request that probed was at fault itself: the provider said so', () => {
      const probe = {};
      cooldowns.begins('openai', probe);
      cooldowns.failed('openai', probe, fault('bad_request'));
      expect(cooldowns.isProbeDue('openai')).toBe(false);
      expect(cooldowns.reasonAt('openai')).toBeUndefined();
    });
  });

  describe('of other processes', () => {
    const hear = (durationMs: number, reason: CooldownReason = 'rate_limited') =>
      cooldowns.heard({ endpointId: 'openai', reason, durationMs });

    it('hold here too, and never shorten our own', () => {
      hear(3_000);
      expect(cooldowns.remainingMs('openai')).toBe(3_000);
      hear(1_000);
      expect(cooldowns.remainingMs('openai')).toBe(3_000);
      hear(4_000);
      expect(cooldowns.remainingMs('openai')).toBe(4_000);
    });

    it.each([
      ['rate_limited', 1e12, 60_000],
      ['unusable', 1e12, 300_000],
      ['rate_limited', -5, 0],
      ['rate_limited', 0, 0],
      ['of no kind' as CooldownReason, 5_000, 0],
    ] as const)('are believed within bounds (%s for %i ms)', (reason, durationMs, believedMs) => {
      hear(durationMs, reason);
      expect(cooldowns.remainingMs('openai')).toBe(believedMs);
    });

    it('are not counted among our own failures', () => {
      hear(3_000);
      nowMs += 3_000;
      cooldowns.failed('openai', {}, limited());
      expect(cooldowns.remainingMs('openai')).toBeLessThanOrEqual(5_000);
    });

    it('take a bounded room', () => {
      for (let index = 0; index < 20_000; index++)
        cooldowns.heard({ endpointId: `e${index}`, reason: 'rate_limited', durationMs: 1_000 });
      expect(cooldowns.remainingMs('e0')).toBe(1_000);
      expect(cooldowns.remainingMs('e19999')).toBe(0);
    });
  });
});

describe('an outage of a minute, with a request every so often', () => {
  /** One primary that is down from 0 to 60 s, by a clock of its own. @returns when it was asked, in seconds */
  function askedAt(everyMs: number, phaseMs: number): { during: number[]; backMs: number } {
    let nowMs = 0;
    const cooldowns = new Cooldowns(() => nowMs);
    const during: number[] = [];
    for (nowMs = phaseMs; ; nowMs += everyMs) {
      if (cooldowns.reasonAt('primary')) continue;
      const by = {};
      cooldowns.begins('primary', by);
      if (nowMs >= 60_000) return { during, backMs: nowMs - 60_000 };
      during.push(nowMs / 1_000);
      cooldowns.failed('primary', by, fault('server_error'));
    }
  }

  it.each([100, 1_000, 4_000])('costs a handful of calls, and is over within 30 s (every %i ms)', (everyMs) => {
    for (let run = 0; run < 200; run++) {
      const { during, backMs } = askedAt(everyMs, Math.random() * everyMs);
      expect(during.length).toBeLessThanOrEqual(9);
      expect(backMs).toBeLessThanOrEqual(20_000 + everyMs);
    }
  });
});
