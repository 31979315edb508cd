import type { Random } from '../random.js';
import { scriptOf, type Group } from './scripts.js';

/** An order of a customer, and what came of it. */
export interface Placed {
  group: Group;
  userId: string;
  /** Unique; it is in the prompt, so that the provider's jobs can be counted for each, and it is the Idempotency-Key. */
  marker: string;
  prompt: string;
  /** Seconds. */
  duration: number;
  /** As the POST was answered; undefined: it was not, yet. */
  videoId?: string;
  /** Credits, as the POST named them. */
  price?: number;
  /** Answers that contradict each other, or that nobody can explain. */
  faults: string[];
}

const MARKER = /#([0-9a-f]{16})#/;

export function planOrder(random: Random, group: Group, userId: string, nth: number): Placed {
  const marker = random.hex(16);
  const prompt = `A paper boat on a lake at dawn #${marker}# ${scriptOf(group, nth)}`;
  return { group, userId, marker, prompt, duration: random.pick([4, 8]), faults: [] };
}

/** Whose order a prompt is; undefined: none of ours. */
export function markerOf(prompt: string): string | undefined {
  return MARKER.exec(prompt)?.[1];
}
