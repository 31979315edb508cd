import { nearestName } from '../../common/nearest-name.js';
import { directivesOf } from '../directive-text.js';
import { isOneOf } from '../faults/fault-names.js';
import { ScriptError } from '../faults/fault-order.js';
import { SCRIPT_MAXIMUM } from '../script.js';
import { wholeNumber } from '../whole-number.js';
import {
  VIDEO_ENDS,
  VIDEO_FAULTS,
  VIDEO_STAGES,
  VIDEO_WIRES,
  type VideoFault,
  type VideoScript,
  type VideoStage,
} from './video-script.js';

/** Largest file that a script may ask for, in bytes. */
const BYTES_MAXIMUM = 4 * 1024 ** 3;

type Draft = Omit<VideoScript, 'faults'> & { faults: Partial<Record<VideoStage, Partial<VideoFault>>> };
type Reader = (draft: Draft, value: string) => void;

function numberOf(text: string, maximum: number): number {
  const value = wholeNumber(text, maximum);
  if (value === undefined) throw new ScriptError(`a whole number from 0 to ${maximum}`);
  return value;
}

const count =
  (set: (draft: Draft, value: number) => void, maximum = SCRIPT_MAXIMUM): Reader =>
  (draft, text) =>
    set(draft, numberOf(text, maximum));
const choice =
  <const T>(values: readonly T[], set: (draft: Draft, value: T) => void): Reader =>
  (draft, text) => {
    if (!isOneOf(values, text)) throw new ScriptError(values.join(', '));
    set(draft, text);
  };
const faultOf = (draft: Draft, stage: VideoStage) => (draft.faults[stage] ??= {});

function stageReaders(stage: VideoStage): Record<string, Reader> {
  return {
    [stage]: choice(VIDEO_FAULTS[stage], (draft, value) => (faultOf(draft, stage).fault = value)),
    [`${stage}-times`]: count((draft, value) => (faultOf(draft, stage).times = value)),
    [`${stage}-after`]: count((draft, value) => (faultOf(draft, stage).after = value)),
  };
}

/** The keys of a directive. A reader throws what would have been allowed. */
const READERS: Record<string, Reader> = {
  ms: count((draft, value) => (draft.makingMs = value)),
  queue: count((draft, value) => (draft.queueMs = value)),
  fail: choice(VIDEO_ENDS, (draft, value) => (draft.end = value)),
  code: (draft, value) => (draft.code = value),
  ...Object.fromEntries(VIDEO_STAGES.flatMap((stage) => Object.entries(stageReaders(stage)))),
  wire: choice(VIDEO_WIRES, (draft, value) => (draft.wire = value)),
  'retry-after': count((draft, value) => (draft.retryAfterSeconds = value)),
  delay: count((draft, value) => (draft.delayMs = value)),
  link: count((draft, value) => (draft.linkMs = value)),
  bytes: count((draft, value) => (draft.bytes = value), BYTES_MAXIMUM),
};

/** Every key, in the order of docs/simulator.md. */
export const VIDEO_DIRECTIVE_KEYS: readonly string[] = Object.keys(READERS);

/**
 * Reads the one `[[video key=value …]]` that a prompt may hold.
 * @throws ScriptError saying what is wrong and what is allowed.
 */
export function readVideoDirective(prompt: string): VideoScript {
  const directives = directivesOf(prompt, 'video');
  if (!directives) throw new ScriptError("'[[video' without its ']]'");
  if (directives.length > 1) throw new ScriptError('more than one [[video …]] in a prompt');
  const draft: Draft = { faults: {} };
  const seen = new Set<string>();
  for (const pair of directives[0]?.pairs ?? []) {
    const key = readPair(draft, pair);
    if (seen.has(key)) throw new ScriptError(`'${key}' is given twice`);
    seen.add(key);
  }
  return finished(draft);
}

function readPair(draft: Draft, pair: string): string {
  const [, key, value] = /^([a-z-]+)=(.+)$/s.exec(pair) ?? [];
  if (key === undefined || value === undefined) throw new ScriptError(`'${pair}' is not key=value`);
  const reader = Object.hasOwn(READERS, key) ? READERS[key] : undefined;
  if (!reader) throw new ScriptError(`unknown key '${key}'; did you mean '${nearestName(key, VIDEO_DIRECTIVE_KEYS)}'?`);
  try {
    reader(draft, value);
  } catch (error) {
    throw new ScriptError(`${pair}: allowed: ${(error as Error).message}`);
  }
  return key;
}

function finished(draft: Draft): VideoScript {
  for (const stage of VIDEO_STAGES) {
    const fault = draft.faults[stage];
    if (fault && fault.fault === undefined) throw new ScriptError(`'${stage}-times' or -after without '${stage}'`);
  }
  return draft as VideoScript;
}
