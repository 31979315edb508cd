import { nearestName } from '../../common/nearest-name.js';
import { FAULT_NAMES, isOneOf, REFUSAL_NAMES, type FaultName } from './fault-names.js';

/** What can be said about a fault besides its name; each fault takes some of them. */
export interface FaultOptions {
  /** Refusals: the header `Retry-After: <seconds>`. */
  retryAfterSeconds?: number;
  /** Refusals: the header `Retry-After: <HTTP date>`, so many seconds from now. */
  retryAfterDateSeconds?: number;
  /** Refusals: the header `retry-after-ms`. */
  retryAfterMs?: number;
  /** `slow`: time to the headers (default 5,000); `late`: time to the first content (default 20,000). */
  delayMs?: number;
  /** How many deltas go out before the fault strikes, instead of a half or two thirds of them. */
  afterChunks?: number;
  /** `big`: size of the huge delta (default 1 MiB). */
  sizeBytes?: number;
}

/** A fault that somebody asked for. */
export interface FaultOrder extends FaultOptions {
  fault: FaultName;
}

/** The script can't be followed; the message says why and what is allowed. */
export class ScriptError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ScriptError';
  }
}

const RETRY_OPTIONS = ['retryAfterSeconds', 'retryAfterDateSeconds', 'retryAfterMs'] as const;
const FAULTS_AT_A_PLACE: readonly FaultName[] = ['stall', 'cut', 'end', 'err', 'malformed', 'garbled', 'filter-stop'];

/** @throws ScriptError naming the nearest fault. */
export function readFaultName(text: unknown): FaultName {
  if (isOneOf(FAULT_NAMES, text)) return text;
  const given = typeof text === 'string' ? text : String(JSON.stringify(text));
  const nearest = nearestName(given, FAULT_NAMES);
  throw new ScriptError(`unknown fault '${given}'; did you mean '${nearest}'? Known faults: ${FAULT_NAMES.join(', ')}`);
}

/** @throws ScriptError where an option is given that the fault would ignore. */
export function checkOptions({ fault, ...options }: FaultOrder): void {
  const allowed = optionsOf(fault);
  for (const option of Object.keys(options) as (keyof FaultOptions)[]) {
    if (allowed.includes(option)) continue;
    throw new ScriptError(`fault '${fault}' takes no option ${option}; it takes ${allowed.join(', ') || 'none'}`);
  }
  if (options.retryAfterSeconds !== undefined && options.retryAfterDateSeconds !== undefined) {
    throw new ScriptError('Retry-After is either seconds or a date, not both');
  }
}

function optionsOf(fault: FaultName): readonly (keyof FaultOptions)[] {
  if (isOneOf(REFUSAL_NAMES, fault)) return RETRY_OPTIONS;
  if (fault === 'slow' || fault === 'late') return ['delayMs'];
  if (fault === 'big') return ['sizeBytes'];
  return FAULTS_AT_A_PLACE.includes(fault) ? ['afterChunks'] : [];
}
