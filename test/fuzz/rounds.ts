/** Frames of one seed; a seed that fails is played again in seconds. */
export const FRAMES_A_ROUND = 10_000;

export interface Round {
  seed: number;
  frames: number;
}

/** So many frames in rounds of one seed each; the first round of a seed is the same whatever follows it. */
export function roundsOf(seed: number, frames: number): Round[] {
  return Array.from({ length: Math.ceil(frames / FRAMES_A_ROUND) }, (_, index) => ({
    seed: seed + index,
    frames: Math.min(FRAMES_A_ROUND, frames - index * FRAMES_A_ROUND),
  }));
}
