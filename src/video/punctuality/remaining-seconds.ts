/** A video that has taken longer than usual is expected to take so much of its time again: a guess of ours. */
const SHARE_OF_AGE = 1 / 4;

/**
 * How long until a video can be played: what is left of the usual time; as soon as that would be less than a quarter of
 * what it has taken so far, that quarter, so that the estimate moves on when the first one has passed. Pure.
 * @param usualSeconds what its kind takes by experience
 * @param takenMs since it was ordered
 * @returns whole seconds, at least 1
 */
export function remainingSeconds(usualSeconds: number, takenMs: number): number {
  const takenSeconds = takenMs / 1_000;
  return Math.max(1, Math.ceil(Math.max(usualSeconds - takenSeconds, takenSeconds * SHARE_OF_AGE)));
}
