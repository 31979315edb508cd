import { BodyBudget } from './body-budget.js';

const limits = { bytes: 100, bytesPerUser: 60, bodies: 4, bodiesPerUser: 2 };

describe('the budget of bodies that are being read', () => {
  it('counts what is announced, and gives it back', () => {
    const budget = new BodyBudget(limits);
    const share = budget.open('alice', 60);
    expect(() => budget.open('alice', 1)).toThrow(expect.objectContaining({ code: 'LIMIT_EXCEEDED' }));
    expect(() => budget.open('bob', 41)).toThrow(
      expect.objectContaining({ code: 'QUEUE_OVERFLOW', retryAfterMs: 1_000 }),
    );
    budget.open('bob', 40).close();
    share.close();
    expect(budget.counters).toEqual({ bytes: 0, bodies: 0 });
    budget.open('alice', 60);
  });

  it('counts what comes unannounced', () => {
    const budget = new BodyBudget(limits);
    const share = budget.open('alice', 0);
    share.take(59);
    expect(() => share.take(2)).toThrow(expect.objectContaining({ code: 'LIMIT_EXCEEDED' }));
    expect(budget.counters).toEqual({ bytes: 59, bodies: 1 });
    share.close();
    expect(budget.counters).toEqual({ bytes: 0, bodies: 0 });
  });

  it('counts bodies, however small they are', () => {
    const budget = new BodyBudget(limits);
    const shares = ['alice', 'alice', 'bob', 'bob'].map((user) => budget.open(user, 0));
    expect(() => budget.open('carol', 0)).toThrow(expect.objectContaining({ code: 'QUEUE_OVERFLOW' }));
    expect(() => budget.open('alice', 0)).toThrow(expect.objectContaining({ code: 'LIMIT_EXCEEDED' }));
    for (const share of shares) share.close();
    expect(budget.counters).toEqual({ bytes: 0, bodies: 0 });
  });
});
