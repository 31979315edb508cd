/** What a video is ordered for: where in its life it is to be found when the blow falls. */
export const GROUPS = [
  'settling',
  'poll',
  'copy',
  'unanswered',
  'uncopied',
  'unasked',
  'unwritten',
  'on-its-way',
  'queued',
  'gateway',
] as const;
export type Group = (typeof GROUPS)[number];

/** How late the provider answers an order of the group `unwritten`, and whether it ever answers one of `unanswered`. */
export const ANSWER_MS = 1_500;
/** Just within what a poll is given. */
const POLL_MS = 18_000;
const TRICKLE_MS = 150;
const FILE_BYTES = 65_536;
const LONG_MS = 30_000;

/**
 * What the prompt asks the simulated provider to do, once: after the blow everything goes well. `nth` tells videos of a
 * group apart.
 */
export function scriptOf(group: Group, nth: number): string {
  switch (group) {
    case 'poll':
      return `[[video ms=0 poll=slow poll-times=1 delay=${POLL_MS}]]`;
    case 'copy':
      return `[[video ms=0 content=trickle content-times=1 delay=${TRICKLE_MS} bytes=${FILE_BYTES}]]`;
    case 'unanswered':
      return nth % 2 === 0 ? '[[video ms=0 create=hang]]' : `[[video ms=0 create=slow delay=${LONG_MS}]]`;
    case 'unwritten':
      return `[[video ms=0 create=slow delay=${ANSWER_MS}]]`;
    case 'unasked':
      return `[[video ms=${nth % 2 === 0 ? 0 : LONG_MS}]]`;
    case 'settling':
    case 'uncopied':
    case 'on-its-way':
    case 'queued':
    case 'gateway':
      return '[[video ms=0]]';
  }
}

/** Whether the script itself is why nobody learns what became of the order. */
export function isNeverAnswered(script: string): boolean {
  return script.includes('create=hang');
}
