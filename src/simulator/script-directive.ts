import { nearestName } from '../common/nearest-name.js';
import { directivesOf } from './directive-text.js';
import { isOneOf } from './faults/fault-names.js';
import { checkOptions, readFaultName, ScriptError, type FaultOptions, type FaultOrder } from './faults/fault-order.js';
import { SCRIPT_MAXIMUM, TEXT_STYLES, type Script } from './script.js';
import { wholeNumber } from './whole-number.js';
import { WIRE_NAMES } from './wires/wire.js';

interface Draft {
  script: Partial<Script>;
  fault: Partial<FaultOrder>;
}
type Reader = (draft: Draft, value: string) => void;

const count =
  (set: (draft: Draft, value: number) => void): Reader =>
  (draft, text) => {
    const value = wholeNumber(text, SCRIPT_MAXIMUM);
    if (value === undefined) throw new ScriptError(`a whole number from 0 to ${SCRIPT_MAXIMUM}`);
    set(draft, value);
  };
const option = (name: keyof FaultOptions): Reader => count((draft, value) => (draft.fault[name] = value));
const choice =
  <const T>(values: readonly T[], set: (draft: Draft, value: T) => void): Reader =>
  (draft, text) => {
    if (!isOneOf(values, text)) throw new ScriptError(values.join(', '));
    set(draft, text);
  };

/** A text in JSON's quotes, so that it may hold anything. */
function jsonText(value: string): string {
  try {
    const text: unknown = JSON.parse(value);
    if (typeof text === 'string') return text;
  } catch {
    // what is allowed is said below
  }
  throw new ScriptError('a text in JSON quotes');
}

/** The keys of a directive. A reader throws what would have been allowed. */
const READERS: Record<string, Reader> = {
  prompt: count((draft, value) => (draft.script.promptTokens = value)),
  completion: count((draft, value) => (draft.script.completionTokens = value)),
  chunks: count((draft, value) => (draft.script.deltaCount = value)),
  gap: count((draft, value) => (draft.script.gapMs = value)),
  text: choice(TEXT_STYLES, (draft, value) => (draft.script.style = value)),
  say: (draft, value) => (draft.script.say = jsonText(value)),
  think: (draft, value) => (draft.script.think = wholeNumber(value, SCRIPT_MAXIMUM) ?? jsonText(value)),
  cached: count((draft, value) => (draft.script.cachedTokens = value)),
  tool: (draft, value) => void (draft.script.tools ??= []).push({ name: value }),
  args: (draft, value) => {
    const call = draft.script.tools?.at(-1);
    if (!call || call.args !== undefined) throw new ScriptError('behind a tool, once each');
    call.args = value.startsWith('"') ? jsonText(value) : value;
  },
  fault: (draft, value) => (draft.fault.fault = readFaultName(value)),
  wire: choice(WIRE_NAMES, (draft, value) => (draft.script.faultWire = value)),
  delay: option('delayMs'),
  after: option('afterChunks'),
  size: option('sizeBytes'),
  'retry-after': option('retryAfterSeconds'),
  'retry-after-date': option('retryAfterDateSeconds'),
  'retry-after-ms': option('retryAfterMs'),
};

/** Every key, in the order of docs/simulator.md. */
export const DIRECTIVE_KEYS: readonly string[] = Object.keys(READERS);

/** These may come as often as there are tools. */
const REPEATED: ReadonlySet<string> = new Set(['tool', 'args']);

/** The text without its directive. */
export function withoutDirective(text: string): string {
  const [directive] = directivesOf(text) ?? [];
  return directive ? (text.slice(0, directive.begin) + text.slice(directive.end)).trim() : text.trim();
}

/**
 * Reads the one `[[sim key=value …]]` that a text may hold.
 * @throws ScriptError saying what is wrong and what is allowed.
 */
export function readDirective(text: string): Partial<Script> {
  const directives = directivesOf(text);
  if (!directives) throw new ScriptError("'[[sim' without its ']]'");
  if (directives.length > 1) throw new ScriptError('more than one [[sim …]] in a message');
  return directives[0] ? readPairs(directives[0].pairs) : {};
}

function readPairs(pairs: string[]): Partial<Script> {
  const draft: Draft = { script: {}, fault: {} };
  const seen = new Set<string>();
  for (const pair of pairs) {
    const key = readPair(draft, pair);
    if (seen.has(key) && !REPEATED.has(key)) throw new ScriptError(`'${key}' is given twice`);
    seen.add(key);
  }
  return assemble(draft);
}

function readPair(draft: Draft, pair: string): string {
  const [, key, value] = /^([a-z-]+)=(.+)$/s.exec(pair) ?? [];
  if (key === undefined || value === undefined) throw new ScriptError(`'${pair}' is not key=value`);
  const reader = Object.hasOwn(READERS, key) ? READERS[key] : undefined;
  if (!reader) throw new ScriptError(`unknown key '${key}'; did you mean '${nearestName(key, Object.keys(READERS))}'?`);
  try {
    reader(draft, value);
  } catch (error) {
    throw new ScriptError(`${pair}: ${key === 'fault' ? '' : 'allowed: '}${(error as Error).message}`);
  }
  return key;
}

function assemble({ script, fault }: Draft): Partial<Script> {
  const isSized = script.deltaCount !== undefined || script.completionTokens !== undefined;
  const style: Partial<Script> = isSized ? { style: 'lorem' } : {};
  if (fault.fault === undefined) {
    const orphan = Object.keys(fault)[0] ?? (script.faultWire && 'wire');
    if (orphan !== undefined) throw new ScriptError(`${orphan} is given without a fault`);
    return { ...style, ...script };
  }
  const order = { ...fault, fault: fault.fault };
  checkOptions(order);
  return { ...style, ...script, fault: order };
}
