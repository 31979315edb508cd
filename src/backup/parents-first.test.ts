import { parentsFirst } from './parents-first.js';

describe('the order in which tables are filled', () => {
  it('has every table after those that its rows name, and all of them once', () => {
    const references = [
      { child: 'step', parent: 'video' },
      { child: 'video', parent: 'user' },
      { child: 'note', parent: 'step' },
    ];
    expect(parentsFirst(['note', 'step', 'video', 'user', 'other'], references)).toEqual([
      'user',
      'video',
      'step',
      'note',
      'other',
    ]);
  });

  it('ends where tables name themselves, each other, or tables that are not there', () => {
    const references = [
      { child: 'a', parent: 'a' },
      { child: 'a', parent: 'b' },
      { child: 'b', parent: 'a' },
      { child: 'b', parent: 'gone' },
    ];
    expect(parentsFirst(['a', 'b'], references)).toEqual(['b', 'a']);
  });
});
