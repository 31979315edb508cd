import { parseArgs } from 'node:util';

export interface FuzzOptions {
  /** Of the first round; each further one has the next. */
  seed: number;
  frames: number;
}

export const USAGE = 'Usage: npm run fuzz -- [--frames 1000000] [--seed N]\n';

/** @throws Error saying what is wrong */
export function readOptions(args: string[]): FuzzOptions {
  const { values } = parseArgs({ args, options: { frames: { type: 'string' }, seed: { type: 'string' } } });
  return {
    frames: wholeNumber('frames', values.frames ?? '1000000', 1, 1_000_000_000),
    seed: wholeNumber('seed', values.seed ?? `${Date.now() % 1_000_000_000}`, 0, 1_000_000_000),
  };
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most)
    throw new Error(`--${name} is '${text}'; allowed: a whole number from ${least} to ${most}`);
  return value;
}
