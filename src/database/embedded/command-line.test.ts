import { commandLineOf, serverWordsOf } from './command-line.js';

describe('the command line of a process', () => {
  it('is known for a process that lives', async () => {
    expect((await commandLineOf(process.pid)).join(' ')).toContain('node');
  });

  it('is empty for a process that does not', async () => {
    expect(await commandLineOf(2 ** 22 + 1)).toEqual([]);
  });

  it('is put together again from what ps shows, blanks in paths included', () => {
    const line =
      '/Users/ann/my hub/native/bin/postgres -D /Users/ann/my hub/.data/postgres/cluster -p 5432 -c a=b -c c=\n';
    expect(serverWordsOf(line)).toEqual([
      '/Users/ann/my hub/native/bin/postgres',
      '-D',
      '/Users/ann/my hub/.data/postgres/cluster',
    ]);
  });

  it('is of no interest where ps shows another program', () => {
    expect(serverWordsOf('vim postgres -D')).toEqual([]);
  });
});
