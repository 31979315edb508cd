/** What a process has used, from Linux's /proc. */
import { readFileSync } from 'node:fs';

/** /proc counts in hundredths of a second (USER_HZ, the same on every Linux that Node runs on). */
const MICROSECONDS_PER_TICK = 10_000;

/** Processor time of all threads of a process since its start; its children are not in it. */
export function cpuMicroseconds(pid) {
  const [, afterName] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
  const fields = afterName.split(' '); // from the third field of proc(5) on
  return (Number(fields[11]) + Number(fields[12])) * MICROSECONDS_PER_TICK;
}

/** Memory that is really there, in megabytes. */
export function residentMegabytes(pid) {
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1024;
}

/** @throws Error where there is no /proc to measure with */
export function assertMeasurable() {
  if (process.platform !== 'linux') throw new Error('the benchmark reads processor time from /proc: it needs Linux');
}
