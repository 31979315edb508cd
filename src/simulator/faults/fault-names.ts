import type { WireName } from '../wires/wire.js';

/** An error status instead of an answer. */
export const REFUSAL_NAMES = [
  '429',
  'quota',
  '500',
  '503',
  'overloaded',
  '401',
  '403',
  '404',
  '410',
  '400',
  'context',
  'filter-400',
  'filter-azure',
] as const;
/** Something happens to the connection before the headers. */
export const CONNECTION_FAULT_NAMES = ['hang', 'slow', 'reset', 'keepalive-reset'] as const;
/** The answer itself goes wrong. */
export const ANSWER_FAULT_NAMES = [
  'late',
  'stall',
  'cut',
  'end',
  'err',
  'malformed',
  'garbled',
  'nodone',
  'nousage',
  'zerousage',
  'big',
  'filter-stop',
] as const;

export type RefusalName = (typeof REFUSAL_NAMES)[number];
export type ConnectionFaultName = (typeof CONNECTION_FAULT_NAMES)[number];
export type AnswerFaultName = (typeof ANSWER_FAULT_NAMES)[number];
type PlainFaultName = RefusalName | ConnectionFaultName | AnswerFaultName;

/** Names that mean another fault on each wire: what is usual there. */
const FAULT_BY_WIRE = {
  filter: { openai: 'filter-400', anthropic: 'filter-stop' },
} as const satisfies Record<string, Record<WireName, PlainFaultName>>;

export type FaultName = PlainFaultName | keyof typeof FAULT_BY_WIRE;

export const FAULT_NAMES: readonly FaultName[] = [
  ...REFUSAL_NAMES,
  ...CONNECTION_FAULT_NAMES,
  ...ANSWER_FAULT_NAMES,
  'filter',
];

/** A fault with its name resolved for one wire, by what it touches. */
export type ResolvedFault =
  | { family: 'refusal'; name: RefusalName }
  | { family: 'connection'; name: ConnectionFaultName }
  | { family: 'answer'; name: AnswerFaultName };

/** Says what a fault's name means on a wire. */
export function resolveFault(name: FaultName, wire: WireName): ResolvedFault {
  const plain = name === 'filter' ? FAULT_BY_WIRE.filter[wire] : name;
  if (isOneOf(REFUSAL_NAMES, plain)) return { family: 'refusal', name: plain };
  if (isOneOf(CONNECTION_FAULT_NAMES, plain)) return { family: 'connection', name: plain };
  return { family: 'answer', name: plain };
}

/** Whether the value is one of the listed ones; narrows its type. */
export function isOneOf<const T>(values: readonly T[], value: unknown): value is T {
  return (values as readonly unknown[]).includes(value);
}
