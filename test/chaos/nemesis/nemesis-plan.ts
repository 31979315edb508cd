import type { Random } from '../random.js';
import { LINK_NAMES, type LinkName } from '../stage/stage-node.js';
import { LEASE_MS } from '../stage/stage.js';
import type { Trouble } from '../stage/tcp-link.js';

/** One thing that is done to the system. */
export type Fault =
  /** kill -9 of a gateway. */
  | { kind: 'kill'; node: number }
  /** SIGTERM to a gateway: it drains beside its successor. */
  | { kind: 'terminate'; node: number }
  /** SIGSTOP, and SIGCONT after so long. */
  | { kind: 'freeze'; node: number; durationMs: number }
  /** kill -9 of the worker. */
  | { kind: 'kill-worker' }
  /** kill -9 of the database's postmaster. */
  | { kind: 'kill-postmaster' }
  /** A stretch of network is troubled for so long. */
  | { kind: 'link'; node: number; link: LinkName; trouble: Trouble; durationMs: number };

export interface PlannedFault {
  atMs: number;
  fault: Fault;
}

export interface NemesisOptions {
  seconds: number;
  nodes: number;
}

const FIRST_AT_MS = 1_500;
/** The last ones are over before the end, so that something is left to go wrong after them. */
const LAST_BEFORE_END_MS = 2_000;
const KILL_EVERY_MS = { least: 2_500, most: 4_200 };
const POSTMASTER_EVERY_MS = { least: 18_000, most: 30_000 };
const WORKER_EVERY_MS = { least: 9_000, most: 20_000 };
const OTHERS_EVERY_MS = { least: 900, most: 2_200 };

/** Everything that will be done to the system, and when. */
export function planNemesis(random: Random, { seconds, nodes }: NemesisOptions): PlannedFault[] {
  const endMs = seconds * 1_000 - LAST_BEFORE_END_MS;
  const node = () => random.between(0, nodes - 1);
  const plan: PlannedFault[] = [
    ...moments(random, KILL_EVERY_MS, endMs).map((atMs) => ({ atMs, fault: { kind: 'kill' as const, node: node() } })),
    ...moments(random, POSTMASTER_EVERY_MS, endMs).map((atMs) => ({
      atMs,
      fault: { kind: 'kill-postmaster' as const },
    })),
    ...moments(random, WORKER_EVERY_MS, endMs).map((atMs) => ({ atMs, fault: { kind: 'kill-worker' as const } })),
    ...moments(random, OTHERS_EVERY_MS, endMs).map((atMs) => ({ atMs, fault: planOther(random, node()) })),
  ];
  return plan.sort((a, b) => a.atMs - b.atMs);
}

function moments(random: Random, every: { least: number; most: number }, endMs: number): number[] {
  const all: number[] = [];
  for (
    let atMs = FIRST_AT_MS + random.between(0, every.least);
    atMs < endMs;
    atMs += random.between(every.least, every.most)
  )
    all.push(atMs);
  return all;
}

function planOther(random: Random, node: number): Fault {
  const kind = random.weighted({ link: 8, freeze: 1.4, terminate: 1.2 });
  switch (kind) {
    case 'link':
      return planLink(random, node);
    case 'freeze':
      return { kind, node, durationMs: random.between(Math.round(LEASE_MS * 0.5), Math.round(LEASE_MS * 2.2)) };
    case 'terminate':
      return { kind, node };
    default:
      return kind satisfies never;
  }
}

function planLink(random: Random, node: number): Fault {
  const link = random.pick(LINK_NAMES);
  const kind = random.weighted({ cut: 3, blackhole: 2, delay: 3 });
  const trouble: Trouble = kind === 'delay' ? { kind, delayMs: random.between(20, 400) } : { kind };
  const durationMs = kind === 'cut' ? random.between(0, 1_200) : random.between(400, 4_500);
  return { kind: 'link', node, link, trouble, durationMs };
}

/** In words. @param names of the nodes */
export function describeFault(fault: Fault, names: readonly string[]): string {
  switch (fault.kind) {
    case 'kill':
      return `kill -9 of ${names[fault.node]}`;
    case 'terminate':
      return `SIGTERM to ${names[fault.node]}`;
    case 'freeze':
      return `SIGSTOP of ${names[fault.node]} for ${fault.durationMs} ms`;
    case 'kill-worker':
      return 'kill -9 of the worker';
    case 'kill-postmaster':
      return 'kill -9 of the postmaster';
    case 'link': {
      const { trouble, link, node, durationMs } = fault;
      const what = trouble.kind === 'delay' ? `delay of ${trouble.delayMs} ms` : trouble.kind;
      return `${what} of ${names[node]}'s ${link} link for ${durationMs} ms`;
    }
    default:
      return fault satisfies never;
  }
}
