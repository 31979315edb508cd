import type { Random } from '../random.js';
import type { RequestPlan } from './request-plan.js';

/** How a client behaves while it waits for its answer. */
export interface Behaviour {
  /** After so many frames of each showing it drops its socket and comes back elsewhere. */
  dropsAfter: number[];
  /** How long it stays away each time, in milliseconds. */
  awayMs: number;
  /** It comes back with the request's body, not with the id alone. */
  returnsWithBody: boolean;
  /** It drops its socket after so many frames and never comes back. */
  leavesAfter: number | undefined;
  /** After so many frames it cancels: on its own socket, or on another one. */
  cancel: { afterFrames: number; isElsewhere: boolean } | undefined;
  /** A second socket asks for the same id, after so many frames of the first one. */
  twinAfter: number | undefined;
  /** Somebody uses the id for another request, after so many frames. */
  conflictAfter: number | undefined;
  /** After the end it asks for the same again, somewhere, from the start or not. */
  repeats: boolean;
  /** It stops reading its socket for so long, in milliseconds. */
  pauseMs: number | undefined;
}

const NONE: Behaviour = {
  dropsAfter: [],
  awayMs: 0,
  returnsWithBody: true,
  leavesAfter: undefined,
  cancel: undefined,
  twinAfter: undefined,
  conflictAfter: undefined,
  repeats: false,
  pauseMs: undefined,
};

/**
 * Draws a behaviour; only streams have frames to do something after. Who asks for an answer in the background comes back
 * for it with the whole request: should it be in no queue, that puts it there.
 */
export function planBehaviour(random: Random, kind: RequestPlan['kind']): Behaviour {
  const most = kind === 'stream' ? 25 : 0;
  const frames = () => random.between(0, most);
  const base = { ...NONE, returnsWithBody: random.chance(0.6) || kind === 'background', repeats: random.chance(0.15) };
  const sort = random.weighted({ steady: 42, drop: 24, twin: 9, conflict: 6, cancel: 8, leave: 6, pause: 5 });
  switch (sort) {
    case 'steady':
      return base;
    case 'drop':
      return {
        ...base,
        dropsAfter: Array.from({ length: random.between(1, 3) }, frames),
        awayMs: random.between(0, 400),
      };
    case 'twin':
      return { ...base, twinAfter: frames() };
    case 'conflict':
      return { ...base, conflictAfter: frames() };
    case 'cancel':
      return { ...base, cancel: { afterFrames: frames(), isElsewhere: random.chance(0.5) } };
    case 'leave':
      return kind === 'background' ? base : { ...base, leavesAfter: frames(), repeats: false };
    case 'pause':
      return { ...base, pauseMs: random.between(200, 2_500) };
    default:
      return sort satisfies never;
  }
}
