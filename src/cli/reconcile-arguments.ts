import { parseArgs } from 'node:util';
import { GatewayError } from '../common/errors/gateway-error.js';
import { isDay, reportPeriod, type ReportPeriod } from '../usage/report/report-period.js';
import { ArgumentsError } from './arguments-error.js';

export const RECONCILE_USAGE = `usage: npm run reconcile -- --provider NAME --file FILE [--file FILE] [--from DAY] [--to DAY]
                            [--tolerance 1%] [--by day|period] [--model THEIRS=OURS] [--json]
  --provider    as it is called here: openai, claude, or a name of the configuration
  --file        the provider's own export of its usage or its costs; more than one is added up
  --from, --to  days (UTC): from the first to before the second; without --to up to today, without --from 30 days
  --tolerance   what may differ, of the provider's figure (default 1%)
  --by          day by day (default), or the whole period at once
  --model       a model that the provider calls otherwise; may be given several times
  --json        for programs`;

export interface ReconcileArguments extends ReportPeriod {
  provider: string;
  files: string[];
  /** 0.01 is 1 %. */
  tolerance: number;
  byDay: boolean;
  names: ReadonlyMap<string, string>;
  asJson: boolean;
}

/** @throws ArgumentsError */
export function parseReconcileArguments(args: string[], now: Date): ReconcileArguments {
  const { provider, file = [], from, to, tolerance = '1%', by = 'day', model = [], json = false } = parseOptions(args);
  if (!provider) throw new ArgumentsError('--provider is missing; it names who counted.');
  if (file.length === 0) throw new ArgumentsError('--file is missing; it names what the provider exported.');
  if (by !== 'day' && by !== 'period') throw new ArgumentsError(`--by is '${by}'; allowed: day, period.`);
  return {
    provider,
    files: file,
    ...period(from, to, now),
    tolerance: readTolerance(tolerance),
    byDay: by === 'day',
    names: new Map(model.map(readName)),
    asJson: json,
  };
}

function parseOptions(args: string[]) {
  try {
    const options = {
      provider: { type: 'string' },
      file: { type: 'string', multiple: true },
      from: { type: 'string' },
      to: { type: 'string' },
      tolerance: { type: 'string' },
      by: { type: 'string' },
      model: { type: 'string', multiple: true },
      json: { type: 'boolean' },
    } as const;
    return parseArgs({ args, options, allowPositionals: false }).values;
  } catch (error) {
    throw new ArgumentsError(error instanceof Error ? error.message : String(error));
  }
}

function period(from: string | undefined, to: string | undefined, now: Date): ReportPeriod {
  for (const [name, day] of Object.entries({ from, to }))
    if (day !== undefined && !isDay(day))
      throw new ArgumentsError(`--${name} is '${day}'; allowed: a day such as 2026-11-22.`);
  try {
    return reportPeriod({ from, to }, now);
  } catch (error) {
    if (error instanceof GatewayError) throw new ArgumentsError(`--${error.message}`);
    throw error;
  }
}

function readTolerance(text: string): number {
  const match = /^(\d{1,3}(?:\.\d{1,4})?)%$/.exec(text);
  if (!match) throw new ArgumentsError(`--tolerance is '${text}'; allowed: a percentage such as 1% or 0.5%.`);
  return Number(match[1]) / 100;
}

function readName(text: string): [theirs: string, ours: string] {
  const [theirs, ours, ...more] = text.split('=');
  if (!theirs || !ours || more.length > 0) throw new ArgumentsError(`--model is '${text}'; allowed: THEIRS=OURS.`);
  return [theirs, ours];
}
