import { fault, type Finding } from './finding.js';

/**
 * What a clock that goes wrong means.
 * @param skewMs how far ours is ahead of the other, in milliseconds; undefined: they agree
 * @param other whose clock ours was compared with
 */
export function skewFindings(skewMs: number | undefined, other: string): Finding[] {
  if (skewMs === undefined) return [];
  const seconds = Math.round(Math.abs(skewMs) / 1_000);
  return [
    fault(
      `The clock of this machine is ${seconds} s ${skewMs > 0 ? 'ahead of' : 'behind'} that of ${other}`,
      'Let NTP (chrony, systemd-timesyncd) set the clocks of all machines: tokens are accepted too long or refused too early by a wrong one.',
    ),
  ];
}
