import { parseArgs } from 'node:util';

export interface VideoRunOptions {
  seed: number;
  rounds: number;
  /** Jobs are kept in Redis, which is killed too; else in PostgreSQL. */
  onRedis: boolean;
  /** Rounds in which something else than a kill happens come in between. */
  hasTroubles: boolean;
  provider: 'sora' | 'runway';
}

export interface VideoCommandOptions extends VideoRunOptions {
  /** Where the figures go as JSON; undefined: nowhere. */
  figuresFile: string | undefined;
}

export const USAGE = `Usage: npm run chaos:video -- [--seed N] [--rounds COUNT] [--redis] [--troubles] [--provider sora|runway]
                             [--figures FILE]
`;

/** @throws Error saying what is wrong */
export function readOptions(args: string[]): VideoCommandOptions {
  const { values } = parseArgs({
    args,
    options: {
      seed: { type: 'string', default: '1' },
      rounds: { type: 'string', default: '20' },
      redis: { type: 'boolean', default: false },
      troubles: { type: 'boolean', default: false },
      provider: { type: 'string', default: 'sora' },
      figures: { type: 'string' },
    },
  });
  const { provider } = values;
  if (provider !== 'sora' && provider !== 'runway')
    throw new Error(`--provider is '${provider}'; allowed: sora, runway`);
  return {
    seed: wholeNumber('seed', values.seed, 1_000_000_000),
    rounds: wholeNumber('rounds', values.rounds, 200),
    onRedis: values.redis,
    hasTroubles: values.troubles,
    provider,
    figuresFile: values.figures,
  };
}

function wholeNumber(name: string, text: string, most: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > most)
    throw new Error(`--${name} is '${text}'; allowed: a whole number from 1 to ${most}`);
  return value;
}
