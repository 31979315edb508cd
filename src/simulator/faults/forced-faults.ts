import { SCRIPT_MAXIMUM } from '../script.js';
import { wholeNumber } from '../whole-number.js';
import { WIRE_NAMES, type JsonObject, type WireName } from '../wires/wire.js';
import { isOneOf } from './fault-names.js';
import { checkOptions, readFaultName, ScriptError, type FaultOptions, type FaultOrder } from './fault-order.js';

/** Which requests a forced fault strikes; absent fields: all. */
export interface FaultScope {
  wire?: WireName;
  model?: string;
}

/** A fault forced on every request in its scope, whatever the request's own script says. */
export interface ForcedFault extends FaultOrder, FaultScope {
  /** How many requests it strikes before it is over; absent: until it is changed. */
  count?: number;
}

/** The request that a fault may strike. */
export interface FaultTarget {
  wire: WireName;
  model: string;
  /** It is not the first request on its connection. */
  isOnReusedConnection: boolean;
}

/** A fault of some connections only passes the others by, uncounted. */
export function canStrike(order: FaultOrder, target: FaultTarget): boolean {
  return order.fault !== 'keepalive-reset' || target.isOnReusedConnection;
}

/** The faults in force: at most one for each scope; where several match, the one that was set last. */
export class ForcedFaults {
  #faults: (ForcedFault & { left: number })[] = [];

  set(fault: ForcedFault): void {
    this.clear({ ...(fault.wire && { wire: fault.wire }), ...(fault.model && { model: fault.model }) });
    this.#faults.unshift({ ...fault, left: fault.count ?? Infinity });
  }

  /** Lifts the fault of exactly this scope. */
  clear(scope: FaultScope): void {
    this.#faults = this.#faults.filter(({ wire, model }) => wire !== scope.wire || model !== scope.model);
  }

  clearAll(): void {
    this.#faults = [];
  }

  /** The fault that strikes this request, which thereby counts. */
  take(target: FaultTarget): FaultOrder | undefined {
    const fault = this.#faults.find(
      (candidate) =>
        (candidate.wire ?? target.wire) === target.wire &&
        (candidate.model ?? target.model) === target.model &&
        canStrike(candidate, target),
    );
    if (!fault) return undefined;
    fault.left -= 1;
    if (fault.left <= 0) this.#faults = this.#faults.filter((candidate) => candidate !== fault);
    return fault;
  }
}

const NUMBERS = [
  'retryAfterSeconds',
  'retryAfterDateSeconds',
  'retryAfterMs',
  'delayMs',
  'afterChunks',
  'sizeBytes',
] as const satisfies readonly (keyof FaultOptions)[];
const KEYS = ['fault', 'count', 'wire', 'model', ...NUMBERS] as const;

/**
 * Reads a forced fault as it comes over HTTP or from a caller.
 * @throws ScriptError saying what is wrong and what is allowed.
 */
export function readForcedFault(body: JsonObject): ForcedFault {
  const unknown = Object.keys(body).find((key) => !isOneOf(KEYS, key));
  if (unknown !== undefined) throw new ScriptError(`unknown field '${unknown}'; known fields: ${KEYS.join(', ')}`);
  const order: FaultOrder = { fault: readFaultName(body.fault) };
  for (const name of NUMBERS) {
    if (body[name] !== undefined) order[name] = readNumber(body, name, 0);
  }
  checkOptions(order);
  const count = body.count === undefined ? {} : { count: readNumber(body, 'count', 1) };
  return { ...order, ...count, ...readScope(body) };
}

/** @throws ScriptError saying what is wrong and what is allowed. */
export function readScope({ wire, model }: JsonObject): FaultScope {
  if (wire !== undefined && !isOneOf(WIRE_NAMES, wire))
    throw new ScriptError(`wire: allowed: ${WIRE_NAMES.join(', ')}`);
  if (model !== undefined && (typeof model !== 'string' || model === ''))
    throw new ScriptError('model: allowed: a name');
  return { ...(wire === undefined ? {} : { wire }), ...(model === undefined ? {} : { model }) };
}

function readNumber(body: JsonObject, name: string, minimum: number): number {
  const value = wholeNumber(body[name], SCRIPT_MAXIMUM);
  if (typeof body[name] !== 'number' || value === undefined || value < minimum) {
    throw new ScriptError(`${name}: allowed: a whole number from ${minimum} to ${SCRIPT_MAXIMUM}`);
  }
  return value;
}
