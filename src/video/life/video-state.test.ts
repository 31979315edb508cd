import { isOver, publicStatus, statesBefore, VIDEO_STATES, type VideoState } from './video-state.js';

describe('the life of a video', () => {
  it('is over in three states, and nothing follows them', () => {
    const over = VIDEO_STATES.filter(isOver);
    expect(over).toEqual(['completed', 'failed', 'cancelled']);
    for (const state of VIDEO_STATES) for (const end of over) expect(statesBefore(state)).not.toContain(end);
  });

  it.each<[VideoState, VideoState[]]>([
    ['queued', ['submitting', 'copying']],
    ['submitting', ['queued']],
    ['submitted', ['submitting']],
    ['processing', ['submitted']],
    ['copying', ['submitted', 'processing']],
    ['completed', ['copying']],
    ['failed', ['queued', 'submitting', 'submitted', 'processing', 'copying']],
    ['cancelled', ['queued', 'submitted', 'processing', 'copying']],
  ])('%s comes after %j alone', (state, before) => {
    expect(statesBefore(state)).toEqual(before);
  });

  it('is shown in the three given words', () => {
    expect(VIDEO_STATES.map(publicStatus)).toEqual([
      ...Array.from({ length: 5 }, () => 'processing'),
      'completed',
      'failed',
      'failed',
    ]);
  });
});
