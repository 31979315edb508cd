import type { VideoErrorKind } from '../../providers/contract/video-provider-error.js';
import { isJobLost, oneMoreFault } from './poll-patience.js';

/** After how many of these questions a job is lost; undefined: it isn't. */
function lostAfter(kinds: VideoErrorKind[]): number | undefined {
  let faults = { faults: 0, timesUnknown: 0 };
  const index = kinds.findIndex((kind) => isJobLost((faults = oneMoreFault(faults, kind))));
  return index < 0 ? undefined : index + 1;
}

const times = (count: number, ...kinds: VideoErrorKind[]) => Array.from({ length: count }, () => kinds).flat();

describe('a job is lost', () => {
  it('when its provider did not know it six times', () => {
    expect(lostAfter(times(10, 'job_not_found'))).toBe(6);
  });

  it('when its provider failed twenty times in a row', () => {
    expect(lostAfter(times(30, 'server_error', 'unreachable'))).toBe(20);
  });

  it('not when a provider that has failed often does not know it for a moment', () => {
    expect(lostAfter([...times(12, 'server_error'), 'job_not_found', 'job_not_found'])).toBeUndefined();
  });

  it('also where a provider that has trouble of its own never knows it in between', () => {
    expect(lostAfter(times(10, 'server_error', 'job_not_found'))).toBe(12);
  });
});
