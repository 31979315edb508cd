import { Bill, BILL_LIMIT, BODIES_LIMIT } from './bill.js';

function serve(bill: Bill, outcome: 'completed' | 'aborted', tokens = 2): void {
  const account = bill.open('openai', 'req_1');
  account.attribute(bill.countsOf('gpt-4'));
  account.charge('gpt-4', { promptTokens: 7, cachedTokens: 0 });
  for (let sent = 0; sent < tokens; sent++) account.sent(1);
  account.close(outcome);
}

describe('Bill', () => {
  it('counts a request in all, on its wire and for its model', () => {
    const bill = new Bill();
    serve(bill, 'completed');
    const counts = { requests: 1, completed: 1, chunks: 2, tokens: 2, aborted: 0 };
    expect(bill.stats()).toMatchObject({ ...counts, byWire: { openai: counts }, byModel: { 'gpt-4': counts } });
  });

  it('charges an answer that broke off for what was sent', () => {
    const bill = new Bill();
    serve(bill, 'aborted', 3);
    expect(bill.stats().bill).toEqual([
      {
        wire: 'openai',
        model: 'gpt-4',
        promptTokens: 7,
        completionTokens: 3,
        finished: false,
        requestId: 'req_1',
        at: expect.any(Number),
      },
    ]);
  });

  it('counts every class of tokens', () => {
    const bill = new Bill();
    const account = bill.open('anthropic', 'req_1');
    account.charge('claude', { promptTokens: 90, cachedTokens: 40, cacheWriteTokens: 30, cacheWriteHourTokens: 20 });
    account.thought(5);
    account.sent(2, true);
    account.sent(3);
    account.close('completed');
    expect(bill.stats()).toMatchObject({ chunks: 2, tokens: 10 });
    expect(bill.stats().bill[0]).toMatchObject({
      ...{ promptTokens: 90, cachedTokens: 40, cacheWriteTokens: 30, cacheWriteHourTokens: 20 },
      ...{ completionTokens: 10, reasoningTokens: 7 },
    });
  });

  it('charges nothing where no work began', () => {
    const bill = new Bill();
    bill.open('anthropic', 'req_1').close('faulted');
    expect(bill.stats()).toMatchObject({ faulted: 1, bill: [] });
  });

  it('knows one end of a request only', () => {
    const bill = new Bill();
    const account = bill.open('openai', 'req_1');
    account.close('completed');
    account.close('aborted');
    expect(bill.stats()).toMatchObject({ completed: 1, aborted: 0, open: 0 });
  });

  it('keeps the last entries and bodies only', () => {
    const bill = new Bill();
    for (let index = 0; index < BILL_LIMIT + 5; index++) serve(bill, 'completed', 0);
    for (let index = 0; index < BODIES_LIMIT + 5; index++) bill.keepBody({ wire: 'openai', path: '/', body: index });
    expect(bill.stats().bill).toHaveLength(BILL_LIMIT);
    expect(bill.stats().bodies).toHaveLength(BODIES_LIMIT);
    expect(bill.stats().bodies[0]?.body).toBe(5);
  });

  it('forgets all at a reset, requests under way included', () => {
    const bill = new Bill();
    const account = bill.open('openai', 'req_1');
    account.charge('gpt-4', { promptTokens: 7 });
    bill.reset();
    expect(bill.stats()).toMatchObject({ requests: 0, open: 1 });
    account.close('completed');
    expect(bill.stats()).toMatchObject({ completed: 0, bill: [], open: 0 });
  });
});
