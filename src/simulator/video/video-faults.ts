import { isOneOf } from '../faults/fault-names.js';
import { ScriptError } from '../faults/fault-order.js';
import { SCRIPT_MAXIMUM } from '../script.js';
import { wholeNumber } from '../whole-number.js';
import type { JsonObject } from '../wires/wire.js';
import {
  VIDEO_FAULTS,
  VIDEO_STAGES,
  VIDEO_WIRES,
  type VideoFaultName,
  type VideoScript,
  type VideoStage,
  type VideoWire,
} from './video-script.js';

/** Which requests a forced fault strikes. */
export interface VideoFaultScope {
  stage: VideoStage;
  /** Absent: on both wires. */
  wire?: VideoWire;
}

/** A fault forced on all requests in its scope, whatever their prompts say. */
export interface ForcedVideoFault extends VideoFaultScope {
  fault: VideoFaultName;
  /** How many requests it strikes before it is over; absent: until it is changed. */
  count?: number;
  retryAfterSeconds?: number;
  delayMs?: number;
}

/** What goes wrong with one request. */
export interface VideoTrouble {
  fault: VideoFaultName;
  retryAfterSeconds?: number;
  delayMs?: number;
}

/** The faults in force: at most one for each scope; where two match, the one that was set last. */
export class VideoFaults {
  #faults: (ForcedVideoFault & { left: number })[] = [];

  set(fault: ForcedVideoFault): void {
    this.clear(fault);
    this.#faults.unshift({ ...fault, left: fault.count ?? Infinity });
  }

  /** Lifts the fault of exactly this scope. */
  clear({ stage, wire }: VideoFaultScope): void {
    this.#faults = this.#faults.filter((fault) => fault.stage !== stage || fault.wire !== wire);
  }

  clearAll(): void {
    this.#faults = [];
  }

  /**
   * What strikes this request: a forced fault, which thereby counts, else that of its script.
   * @param nth which one of its kind it is for its job, from 1 on
   */
  take(stage: VideoStage, wire: VideoWire, script: VideoScript, nth: number): VideoTrouble | undefined {
    return this.#takeForced(stage, wire) ?? scripted(script, stage, nth);
  }

  #takeForced(stage: VideoStage, wire: VideoWire): VideoTrouble | undefined {
    const forced = this.#faults.find((fault) => fault.stage === stage && (fault.wire ?? wire) === wire);
    if (!forced) return undefined;
    forced.left -= 1;
    if (forced.left <= 0) this.#faults = this.#faults.filter((fault) => fault !== forced);
    return forced;
  }
}

function scripted(script: VideoScript, stage: VideoStage, nth: number): VideoTrouble | undefined {
  const scriptedFault = script.faults[stage];
  if (!scriptedFault) return undefined;
  const { fault, times = Infinity, after = 0 } = scriptedFault;
  if (nth <= after || nth > after + times) return undefined;
  const { retryAfterSeconds, delayMs } = script;
  return {
    fault,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    ...(delayMs === undefined ? {} : { delayMs }),
  };
}

const NUMBERS = ['count', 'retryAfterSeconds', 'delayMs'] as const;
const KEYS = ['stage', 'fault', 'wire', ...NUMBERS] as const;

/**
 * Forces a fault, or lifts it: `fault: null` for that of the same scope, an empty object for all.
 * @throws ScriptError saying what is wrong and what is allowed.
 */
export function forceVideoFault(faults: VideoFaults, body: JsonObject): void {
  if (Object.keys(body).length === 0) return faults.clearAll();
  const unknown = Object.keys(body).find((key) => !isOneOf(KEYS, key));
  if (unknown !== undefined) throw new ScriptError(`unknown field '${unknown}'; known fields: ${KEYS.join(', ')}`);
  const { stage, wire, fault } = body;
  if (!isOneOf(VIDEO_STAGES, stage)) throw new ScriptError(`stage: allowed: ${VIDEO_STAGES.join(', ')}`);
  if (wire !== undefined && !isOneOf(VIDEO_WIRES, wire))
    throw new ScriptError(`wire: allowed: ${VIDEO_WIRES.join(', ')}`);
  const scope: VideoFaultScope = { stage, ...(wire === undefined ? {} : { wire }) };
  if (fault === null) return faults.clear(scope);
  const names: readonly VideoFaultName[] = VIDEO_FAULTS[stage];
  if (!isOneOf(names, fault)) throw new ScriptError(`fault of ${stage}: allowed: ${names.join(', ')}`);
  faults.set({ ...scope, fault, ...numbersOf(body) });
}

function numbersOf(body: JsonObject): Pick<ForcedVideoFault, (typeof NUMBERS)[number]> {
  const numbers: Pick<ForcedVideoFault, (typeof NUMBERS)[number]> = {};
  for (const name of NUMBERS) {
    if (body[name] === undefined) continue;
    const value = wholeNumber(body[name], SCRIPT_MAXIMUM);
    if (value === undefined || (name === 'count' && value === 0))
      throw new ScriptError(`${name}: allowed: a whole number up to ${SCRIPT_MAXIMUM}`);
    numbers[name] = value;
  }
  return numbers;
}
