import { forceVideoFault, VideoFaults } from './video-faults.js';
import type { VideoScript } from './video-script.js';

const quiet: VideoScript = { faults: {} };
let faults: VideoFaults;
beforeEach(() => (faults = new VideoFaults()));
const poll = (script = quiet, nth = 1) => faults.take('poll', 'sora', script, nth)?.fault;

describe('what goes wrong with a request', () => {
  it('is what its script says, so often and after so many', () => {
    const script: VideoScript = { faults: { poll: { fault: '500', times: 2, after: 1 } } };
    expect([1, 2, 3, 4].map((nth) => poll(script, nth))).toEqual([undefined, '500', '500', undefined]);
    expect(faults.take('content', 'sora', script, 2)).toBeUndefined();
  });

  it('is a forced fault before that, so often, in its scope', () => {
    const script: VideoScript = { faults: { poll: { fault: '500' } } };
    forceVideoFault(faults, { stage: 'poll', fault: '503', wire: 'sora', count: 1, retryAfterSeconds: 2 });
    expect(faults.take('poll', 'runway', quiet, 1)).toBeUndefined();
    expect(faults.take('cancel', 'sora', quiet, 1)).toBeUndefined();
    expect(faults.take('poll', 'sora', script, 1)).toMatchObject({ fault: '503', retryAfterSeconds: 2 });
    expect(poll(script)).toBe('500');
  });

  it('can be lifted, one or all', () => {
    forceVideoFault(faults, { stage: 'poll', fault: '503' });
    forceVideoFault(faults, { stage: 'poll', fault: '500', wire: 'sora' });
    expect(poll()).toBe('500');
    forceVideoFault(faults, { stage: 'poll', fault: null, wire: 'sora' });
    expect(poll()).toBe('503');
    forceVideoFault(faults, {});
    expect(poll()).toBeUndefined();
  });

  it.each([
    [{ fault: '503' }, 'stage: allowed: create, poll'],
    [{ stage: 'poll', fault: 'explode' }, 'fault of poll: allowed: 400'],
    [{ stage: 'poll', fault: '503', wire: 'openai' }, 'wire: allowed: sora, runway'],
    [{ stage: 'poll', fault: '503', count: 0 }, 'count: allowed'],
    [{ stage: 'poll', fault: '503', model: 'x' }, "unknown field 'model'"],
  ])('is refused where it makes no sense: %j', (body, message) => {
    expect(() => forceVideoFault(faults, body)).toThrow(message);
  });
});
