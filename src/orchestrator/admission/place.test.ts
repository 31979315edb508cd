import fc from 'fast-check';
import type { GatewayError } from '../../common/errors/gateway-error.js';
import { ModelLane } from './model-lane.js';
import { Place, type WaitObserver } from './place.js';
import { ProviderSlots, type AdmissionBounds } from './provider-slots.js';

const BOUNDS: AdmissionBounds = { concurrency: 1, queueLength: 4, queuePerUser: 3 };

function provider(id: string, bounds: Partial<AdmissionBounds> = {}): ProviderSlots {
  return new ProviderSlots(id, { ...BOUNDS, ...bounds });
}

describe("a request's place", () => {
  const admitted: string[] = [];
  const observer: WaitObserver = {
    waits: () => undefined,
    admitted: ({ requestId }) => admitted.push(requestId),
  };
  let places: Place[] = [];
  const place = (userId: string, patienceMs = 60_000) => {
    const made = new Place(userId, `${userId}${places.length}`, patienceMs, observer);
    places.push(made);
    return made;
  };
  const refusal = (act: () => void): GatewayError => {
    try {
      act();
    } catch (error) {
      return error as GatewayError;
    }
    throw new Error('nothing was refused');
  };

  beforeEach(() => {
    admitted.length = 0;
    places = [];
  });
  afterEach(() => {
    for (const each of places) each.leave(); // no timer is left behind
  });

  it('is a slot at once where one is free, and nobody hears of a wait', async () => {
    const openai = provider('openai');
    const first = place('a');
    first.enter([openai], false);
    expect(first.providerId).toBe('openai');
    expect(await first.admission()).toBe('openai');
    expect([openai.running, openai.waiting, admitted.length]).toEqual([1, 0, 0]);
  });

  it('waits for a model that has enough requests, and lets those for others pass', async () => {
    const openai = provider('openai', { concurrency: 2 });
    const lane = new ModelLane(1);
    const [first, second, other, last] = [place('a'), place('b'), place('c'), place('d')];
    const enter = (each: Place, its?: ModelLane) => each.enter([openai], false, () => its);
    enter(first, lane);
    enter(second, lane);
    expect([openai.running, openai.waiting]).toEqual([1, 1]);
    enter(other);
    expect(other.providerId).toBe('openai');
    enter(last); // both slots are taken now
    expect([openai.running, openai.waiting]).toEqual([2, 2]);
    other.leave();
    expect(await last.admission()).toBe('openai'); // it came later, but its model may
    first.leave();
    expect(await second.admission()).toBe('openai');
    expect([lane.running, openai.running, openai.waiting]).toEqual([1, 2, 0]);
    second.leave();
    last.leave();
    expect([lane.running, openai.running]).toEqual([0, 0]);
  });

  it('lets in who waits as soon as the bounds allow it', async () => {
    const openai = provider('openai');
    const lane = new ModelLane(1);
    const [first, second, third] = [place('a'), place('b'), place('c')];
    for (const each of [first, second, third]) each.enter([openai], false, () => lane);
    openai.setBounds({ ...BOUNDS, concurrency: 3 });
    expect([openai.running, openai.waiting]).toEqual([1, 2]);
    lane.concurrency = 2;
    openai.setBounds({ ...BOUNDS, concurrency: 3 });
    expect(await second.admission()).toBe('openai');
    openai.setBounds(BOUNDS); // who is in stays in
    expect([openai.running, openai.waiting]).toEqual([2, 1]);
  });

  it('passes from one to the next, exactly once each', async () => {
    const openai = provider('openai');
    const [first, second, third] = [place('a'), place('b'), place('c')];
    for (const each of [first, second, third]) each.enter([openai], false);
    expect([openai.running, openai.waiting]).toEqual([1, 2]);
    first.leave();
    first.leave();
    expect(await second.admission()).toBe('openai');
    expect([openai.running, openai.waiting, third.providerId]).toEqual([1, 1, undefined]);
    second.leave();
    third.leave();
    expect([openai.running, openai.waiting]).toEqual([0, 0]);
    expect(admitted).toEqual(['b1', 'c2']);
  });

  it('belongs to the user who holds nothing before it belongs to one who does', () => {
    const openai = provider('openai', { queueLength: 1_000, queuePerUser: 1_000 });
    const greedy = Array.from({ length: 500 }, () => place('greedy'));
    for (const each of greedy) each.enter([openai], false);
    const modest = place('modest');
    modest.enter([openai], false);
    greedy[0]!.leave();
    expect(modest.providerId).toBe('openai');
  });

  it('is free for whoever waits when it is left while waiting, and wakes who waits for it', async () => {
    const openai = provider('openai');
    const [first, second, third] = [place('a'), place('b'), place('c')];
    for (const each of [first, second, third]) each.enter([openai], false);
    const admission = second.admission();
    second.leave();
    expect(await admission).toBeUndefined();
    first.leave();
    expect(third.providerId).toBe('openai');
    expect(second.isIdle).toBe(true);
  });

  it('is wherever there is room first, where any provider will do', async () => {
    const [openai, claude] = [provider('openai'), provider('claude')];
    const [first, second, third] = [place('a'), place('b'), place('c')];
    for (const each of [first, second, third]) each.enter([openai, claude], true);
    expect([first.providerId, second.providerId, third.providerId]).toEqual(['openai', 'claude', undefined]);
    expect([openai.waiting, claude.waiting]).toEqual([1, 1]);
    second.leave();
    expect(await third.admission()).toBe('claude');
    expect([openai.waiting, claude.waiting]).toEqual([0, 0]);
  });

  it('is before the provider that was asked for, as long as there is room', () => {
    const [openai, claude] = [provider('openai', { queueLength: 1 }), provider('claude')];
    const [first, second, third] = [place('a'), place('b'), place('c')];
    for (const each of [first, second, third]) each.enter([openai, claude], false);
    expect([first.providerId, second.providerId, third.providerId]).toEqual(['openai', undefined, 'claude']);
  });

  it('can be given up at one provider and kept at another', () => {
    const [openai, claude] = [provider('openai'), provider('claude')];
    const [first, second, third] = [place('a'), place('b'), place('c')];
    for (const each of [first, second, third]) each.enter([openai, claude], true);
    third.withdraw(openai);
    first.leave();
    expect([third.providerId, openai.running]).toEqual([undefined, 0]);
    second.leave();
    expect(third.providerId).toBe('claude');
    third.withdraw(openai);
    expect(third.providerId).toBe('claude');
    third.withdraw(claude);
    expect([third.isIdle, claude.running]).toEqual([true, 0]);
  });

  it('is refused beyond the bounds, with the time to stay away', () => {
    const openai = provider('openai', { queueLength: 4, queuePerUser: 2 });
    for (const user of ['a', 'a', 'a']) place(user).enter([openai], false);
    expect(refusal(() => place('a').enter([openai], false))).toMatchObject({
      code: 'QUEUE_OVERFLOW',
      retryAfterMs: 15_000, // two of its own wait, and an answer takes 5 s as far as is known
    });
    for (const user of ['b', 'c']) place(user).enter([openai], false);
    expect([openai.running, openai.waiting]).toEqual([1, 4]);
    expect(refusal(() => place('a').enter([openai], false)).code).toBe('QUEUE_OVERFLOW');
    expect([openai.running, openai.waiting]).toEqual([1, 4]);
  });

  it('is taken, where the line is full, from whoever has most in it for one who has less', async () => {
    const openai = provider('openai', { queueLength: 3, queuePerUser: 3 });
    const greedy = [place('greedy'), place('greedy'), place('greedy'), place('greedy')];
    for (const each of greedy) each.enter([openai], false);
    const last = greedy[3]!.admission();
    const modest = place('modest');
    modest.enter([openai], false);
    await expect(last).rejects.toMatchObject({ code: 'QUEUE_OVERFLOW' });
    expect(greedy[3]!.isIdle).toBe(true);
    expect(openai.waiting).toBe(3);
    expect(refusal(() => place('modest').enter([openai], false)).code).toBe('QUEUE_OVERFLOW'); // 2 against 1: no gain
  });

  it('is lost after the longest wait, counted over all waits', async () => {
    const openai = provider('openai');
    const [first, second] = [place('a'), place('b', 40)];
    for (const each of [first, second]) each.enter([openai], false);
    await expect(second.admission()).rejects.toMatchObject({ code: 'QUEUE_OVERFLOW' });
    expect([openai.running, openai.waiting]).toEqual([1, 0]);
    expect(refusal(() => second.enter([openai], false)).code).toBe('QUEUE_OVERFLOW');
    first.leave();
    second.enter([openai], false);
    expect(second.providerId).toBe('openai');
  });

  it('never leaks: whatever happened, slots stay within bounds, none is idle while somebody waits, and all come back', () => {
    const step = fc.record({
      who: fc.integer({ min: 0, max: 11 }),
      act: fc.constantFrom('enter', 'enter', 'leave', 'withdraw'),
      isAnyWelcome: fc.boolean(),
      where: fc.integer({ min: 0, max: 1 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120, size: 'max' }), (steps) => {
        const providers = [provider('openai', { concurrency: 2 }), provider('claude', { concurrency: 1 })];
        const all = Array.from({ length: 12 }, (_, index) => place(`user ${index % 4}`));
        for (const { who, act, isAnyWelcome, where } of steps) {
          const one = all[who]!;
          if (act === 'leave') one.leave();
          else if (act === 'withdraw') one.withdraw(providers[where]!);
          else if (one.isIdle) {
            try {
              one.enter(isAnyWelcome ? providers : [providers[where]!], isAnyWelcome);
            } catch (error) {
              expect((error as GatewayError).code).toBe('QUEUE_OVERFLOW');
              expect(one.isIdle).toBe(true);
            }
          }
          for (const [index, { providerId, running, waiting }] of providers.entries()) {
            const concurrency = index === 0 ? 2 : 1;
            expect(running).toBe(all.filter((each) => each.providerId === providerId).length);
            expect(running).toBeLessThanOrEqual(concurrency);
            expect(waiting).toBeLessThanOrEqual(BOUNDS.queueLength);
            if (waiting > 0) expect(running).toBe(concurrency);
          }
        }
        for (const one of all) one.leave();
        expect(providers.map(({ running, waiting }) => [running, waiting])).toEqual([
          [0, 0],
          [0, 0],
        ]);
      }),
    );
  });
});
