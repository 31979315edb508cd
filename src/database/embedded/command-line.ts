import { readFile } from 'node:fs/promises';
import { runAs } from './run-as.js';

/** The words of a process's command line; none where it is gone or a zombie. */
export async function commandLineOf(pid: number): Promise<string[]> {
  if (process.platform === 'linux') return wordsOf(await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''));
  const { isSuccess, output } = await runAs(undefined, '/bin/ps', ['-ww', '-o', 'command=', '-p', String(pid)]);
  return isSuccess ? serverWordsOf(output) : [];
}

const wordsOf = (text: string): string[] => text.split('\0').filter((word) => word !== '');

/** What `ps` shows has lost the borders between words; for a server of ours (`<program> -D <cluster> -p …`) they are known. */
export function serverWordsOf(line: string): string[] {
  const match = /^(?<program>.+?) -D (?<cluster>.+?) -p \d+( -c .*)?$/s.exec(line.trim());
  return match?.groups ? [match.groups.program ?? '', '-D', match.groups.cluster ?? ''] : [];
}
