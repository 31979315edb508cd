import { accountNews, type KnownState } from './account-news.js';

const LOW = 100_000_000n;

function state(balance: bigint, held = 0n, isFrozen = false): KnownState {
  return { balance, held, available: balance - held, isFrozen };
}

const told = (now: KnownState, known?: KnownState) =>
  accountNews(now, known, LOW).map(({ event, data }) => [event, data]);

describe('accountNews', () => {
  it('tells all there is where nothing was told', () => {
    expect(told(state(500_000_001n, 1n))).toEqual([
      ['credits.changed', { balance: 500.000001, held: 0.000001, available: 500 }],
    ]);
    expect(told(state(99_999_999n, 0n, true))).toEqual([
      ['credits.changed', { balance: 99.999999, held: 0, available: 99.999999 }],
      ['credits.low', { available: 99.999999, threshold: 100 }],
      ['account.frozen', { frozen: true }],
    ]);
  });

  it('tells nothing where nothing changed', () => {
    expect(told(state(1n, 1n, true), state(1n, 1n, true))).toEqual([]);
  });

  it('tells of a hold, of a charge and of both at once', () => {
    const changed = (balance: number, held: number) => [
      ['credits.changed', { balance, held, available: balance - held }],
    ];
    expect(told(state(500_000_000n, 5_000_000n), state(500_000_000n))).toEqual(changed(500, 5));
    expect(told(state(400_000_000n), state(500_000_000n))).toEqual(changed(400, 0));
    // the same is available, but it is another balance
    expect(told(state(400_000_000n), state(500_000_000n, 100_000_000n))).toEqual(changed(400, 0));
  });

  it('tells that credits are low once, and again only after they were not', () => {
    const events: string[] = [];
    let known: KnownState | undefined;
    for (const available of [100, 99, 50, 99, 100, 99]) {
      const now = state(BigInt(available) * 1_000_000n);
      events.push(...accountNews(now, known, LOW).map(({ event }) => `${event} ${available}`));
      known = now;
    }
    expect(events.filter((each) => each.startsWith('credits.low'))).toEqual(['credits.low 99', 'credits.low 99']);
  });

  it('never calls credits low below a threshold of 0', () => {
    expect(accountNews(state(0n), undefined, 0n).map(({ event }) => event)).toEqual(['credits.changed']);
  });

  it('tells when an account is frozen and when it is no longer', () => {
    expect(told(state(LOW, 0n, true), state(LOW))).toEqual([['account.frozen', { frozen: true }]]);
    expect(told(state(LOW), state(LOW, 0n, true))).toEqual([['account.frozen', { frozen: false }]]);
  });
});
