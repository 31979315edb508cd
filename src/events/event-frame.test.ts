import { eventFrame } from './event-frame.js';

describe('eventFrame', () => {
  it('says whose it is, which channel, what happened and to what', () => {
    const data = { balance: 0.1, held: 0, available: 0.000001 };
    expect(eventFrame('s-1', { channel: 'account', event: 'credits.changed', data })).toBe(
      '{"id":"s-1","type":"event","channel":"account","event":"credits.changed","data":{"balance":0.1,"held":0,"available":0.000001}}',
    );
  });
});
