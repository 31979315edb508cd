import { MalformedEvents } from './malformed-events.js';

describe('MalformedEvents', () => {
  it('counts for each provider apart', () => {
    const events = new MalformedEvents();
    events.increment('openai');
    events.increment('openai');
    events.increment('claude');
    expect([events.of('openai'), events.of('claude'), events.of('gemini')]).toEqual([2, 1, 0]);
  });
});
