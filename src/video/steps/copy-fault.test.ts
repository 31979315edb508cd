import { GatewayError } from '../../common/errors/gateway-error.js';
import { MediaStoreError } from '../../media/media-store-error.js';
import { UnplayableVideoError } from '../../media/mp4/unplayable-video-error.js';
import { VideoProviderError } from '../../providers/contract/video-provider-error.js';
import { areCopiesLost, copyFault, copyVerdict, type CopyFault } from './copy-fault.js';

const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });

it.each<[unknown, CopyFault]>([
  [new VideoProviderError('sora', 'expired', 'secret'), { kind: 'source', name: 'expired' }],
  [Object.assign(new Error('secret'), { name: 'AbortError' }), { kind: 'source', name: 'AbortError' }],
  [new UnplayableVideoError('it has no pictures'), { kind: 'unplayable', name: 'unplayable' }],
  [new GatewayError('PAYLOAD_TOO_LARGE', 'too large'), { kind: 'too_large', name: 'too_large' }],
  [new MediaStoreError(full), { kind: 'store', name: 'ENOSPC' }],
])('%s is told by %j', (error, fault) => expect(copyFault(error)).toEqual(fault));

it.each<[CopyFault['kind'], number, number, string]>([
  ['source', 12, 15, 'not_delivered'],
  ['too_large', 3, 0.1, 'too_large'],
  ['unplayable', 6, 1, 'not_delivered'],
  ['store', 36, 140, 'not_stored'],
])('a fault of %s is waited for %i times, more than %d minutes in all', (kind, mostFaults, minutes, reason) => {
  const fault = { kind, name: 'x' };
  let waitedMs = 0;
  for (let faults = 1; faults < mostFaults; faults++) {
    const verdict = copyVerdict(fault, faults);
    if (verdict.next !== 'again') throw new Error(`given up after ${faults}`);
    waitedMs += verdict.afterMs;
  }
  expect(waitedMs).toBeGreaterThanOrEqual(minutes * 60_000);
  expect(waitedMs).toBeLessThan((minutes + 15) * 60_000);
  expect(copyVerdict(fault, mostFaults)).toEqual({ next: 'fail', reason });
});

it.each([
  [40, 0, false],
  [41, 0, true],
  // All of the first of two steps' copies failed but the last: what comes then has done no harm.
  [37, 0, false],
  [47, 7, false],
])('of %i copies, %i of which failed with a word, too many are lost: %s', (copies, pollFaults, areLost) =>
  expect(areCopiesLost({ copies, pollFaults })).toBe(areLost),
);

it('a video whose copies are lost is given up at once', () =>
  expect(copyVerdict({ kind: 'lost', name: 'x' }, 1)).toEqual({ next: 'fail', reason: 'not_delivered' }));
