import { measurePrompt, promptTokensBoundAt } from '../billing/pricing/prompt-size.js';
import { GatewayError } from '../common/errors/gateway-error.js';
import { settle, type AnswerAccount } from './settlement.js';

const reported = { inputTokens: 150, outputTokens: 300, reasoningTokens: 7 };
const account = (facts: Partial<AnswerAccount>): AnswerAccount => ({
  ending: { kind: 'done', finishReason: 'stop' },
  hasAnswered: true,
  hasFinished: true,
  reportedUsage: reported,
  promptTokens: 140,
  promptTokensBound: 600,
  countedTokens: 290,
  outputLimit: 1_000,
  isFreeOnError: false,
  ...facts,
});
const failed = (code: 'UPSTREAM_LOST' | 'CANCELLED') => ({
  kind: 'error' as const,
  error: new GatewayError(code, 'x'),
});
const estimated = { inputTokens: 140, outputTokens: 290 };

describe('what is charged', () => {
  it("is the provider's count where the answer came to its end", () => {
    expect(settle(account({}))).toEqual({ usage: reported, usageSource: 'provider', isFree: false });
  });

  it('is our count where the provider gave none', () => {
    expect(settle(account({ reportedUsage: undefined }))).toEqual({
      usage: estimated,
      usageSource: 'estimated',
      isFree: false,
    });
  });

  it.each([
    ['output far beyond the limit that went upstream', { inputTokens: 10, outputTokens: 100_000_000 }],
    ['a prompt of more tokens than it had bytes, by far', { inputTokens: 1_000_000, outputTokens: 5 }],
  ])('is our count where the provider reports %s', (_, reportedUsage) => {
    expect(settle(account({ reportedUsage }))).toEqual({ usage: estimated, usageSource: 'estimated', isFree: false });
  });

  it("is the provider's count where a bound has images and tools in it, but not an absurd one", () => {
    const request = {
      messages: [{ role: 'user' as const, content: [{ type: 'image' as const, url: 'https://example.com/a.png' }] }],
      inputs: [],
      options: { tools: [{ name: 'look', parameters: { type: 'object' } }] },
    };
    const promptTokensBound = promptTokensBoundAt('gpt-4o-mini', measurePrompt(request));
    const of = (inputTokens: number, cachedInputTokens = 0) =>
      settle(account({ promptTokensBound, reportedUsage: { inputTokens, outputTokens: 5, cachedInputTokens } }));
    expect(of(48_169 + 600, 40_000)).toMatchObject({ usageSource: 'provider', usage: { cachedInputTokens: 40_000 } });
    expect(of(1_000_000)).toMatchObject({ usageSource: 'estimated' });
  });

  it('takes cached tokens for part of the prompt, or not at all', () => {
    const reportedUsage = { inputTokens: 10, outputTokens: 5, cachedInputTokens: 1e12 };
    expect(settle(account({ reportedUsage })).usage).toEqual({ inputTokens: 10, outputTokens: 5 });
  });

  it('is at most the output limit where we count ourselves', () => {
    expect(settle(account({ reportedUsage: undefined, countedTokens: 50_000 })).usage.outputTokens).toBe(1_000);
  });

  it('is nothing where the provider says zero', () => {
    const zero = { inputTokens: 0, outputTokens: 0 };
    expect(settle(account({ reportedUsage: zero }))).toEqual({ usage: zero, usageSource: 'provider', isFree: false });
  });

  it('is nothing where no provider ever answered', () => {
    const { usage, isFree } = settle(
      account({ hasAnswered: false, reportedUsage: undefined, ending: failed('UPSTREAM_LOST') }),
    );
    expect([usage.inputTokens, usage.outputTokens, isFree]).toEqual([0, 0, true]);
  });

  it('is what was delivered where the answer broke off or was cancelled', () => {
    for (const code of ['UPSTREAM_LOST', 'CANCELLED'] as const) {
      expect(settle(account({ ending: failed(code), reportedUsage: undefined })).usage).toEqual(estimated);
    }
  });

  it('can be made nothing where an answer broke off, but not where it was cancelled', () => {
    expect(
      settle(account({ ending: failed('UPSTREAM_LOST'), reportedUsage: undefined, isFreeOnError: true })).isFree,
    ).toBe(true);
    expect(settle(account({ ending: failed('CANCELLED'), reportedUsage: undefined, isFreeOnError: true })).isFree).toBe(
      false,
    );
  });

  it('is what was delivered where the credits ran out in mid-stream', () => {
    const ending = { kind: 'done' as const, finishReason: 'credits_exhausted' };
    const reportedUsage = { inputTokens: 150, outputTokens: 1 }; // as Claude says it at the start of a stream
    expect(settle(account({ ending, hasFinished: false, reportedUsage })).usage).toEqual(estimated);
  });
});
