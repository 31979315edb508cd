import { parseArgs } from 'node:util';
import type { Regime } from './clients/request-plan.js';

export interface CommandOptions {
  seeds: number[];
  seconds: number;
  nodes: number;
  requestsPerSecond: number;
  regimes: Regime[];
  untilFirst: boolean;
  /** Keeps the history of a run without violations, too. */
  keepsHistory: boolean;
  /** Where the figures go as JSON; undefined: nowhere. */
  figuresFile: string | undefined;
}

export const USAGE = `Usage: npm run chaos -- [--seed N] [--seeds COUNT] [--seconds S] [--nodes 2..5] [--rate REQUESTS_PER_SECOND]
                       [--regime ample|scarce|both] [--until-first] [--keep] [--figures FILE]
`;

/** @throws Error saying what is wrong */
export function readOptions(args: string[]): CommandOptions {
  const { values } = parseArgs({
    args,
    options: {
      seed: { type: 'string', default: '1' },
      seeds: { type: 'string', default: '1' },
      seconds: { type: 'string', default: '60' },
      nodes: { type: 'string', default: '3' },
      rate: { type: 'string', default: '40' },
      regime: { type: 'string', default: 'both' },
      'until-first': { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      figures: { type: 'string' },
    },
  });
  const first = wholeNumber('seed', values.seed, 0, 1_000_000_000);
  const count = wholeNumber('seeds', values.seeds, 1, 1_000);
  return {
    seeds: Array.from({ length: count }, (_, index) => first + index),
    seconds: wholeNumber('seconds', values.seconds, 5, 500),
    nodes: wholeNumber('nodes', values.nodes, 2, 5),
    requestsPerSecond: wholeNumber('rate', values.rate, 1, 1_000),
    regimes: regimesOf(values.regime),
    untilFirst: values['until-first'],
    keepsHistory: values.keep,
    figuresFile: values.figures,
  };
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least || value > most)
    throw new Error(`--${name} is '${text}'; allowed: a whole number from ${least} to ${most}`);
  return value;
}

function regimesOf(text: string): Regime[] {
  if (text === 'both') return ['ample', 'scarce'];
  if (text === 'ample' || text === 'scarce') return [text];
  throw new Error(`--regime is '${text}'; allowed: ample, scarce, both`);
}
