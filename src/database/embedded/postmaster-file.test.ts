import { parsePostmasterFile } from './postmaster-file.js';

const file = (...lines: (string | number)[]) => `${lines.join('\n')}\n`;

describe('parsePostmasterFile', () => {
  it('reads the process, the port and the status', () => {
    const text = file(4242, '/data/cluster', 1763800000, 5433, '', '127.0.0.1', '  12345  3', 'ready   ');
    expect(parsePostmasterFile(text)).toEqual({ pid: 4242, port: 5433, status: 'ready' });
  });

  it('does not know the status before the server has written it', () => {
    expect(parsePostmasterFile(file(4242, '/data/cluster', 1763800000, 5433))).toEqual({
      pid: 4242,
      port: 5433,
      status: 'unknown',
    });
  });

  it.each(['', 'nonsense', '-1\n/data\n1\n5432', '0\n/data\n1\n5432', '4242\n/data\n1\nport'])('refuses %j', (text) => {
    expect(parsePostmasterFile(text)).toBeUndefined();
  });
});
