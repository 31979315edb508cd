import type { FaultRecord, History, RequestRecord } from '../history.js';
import type { LogLine } from '../stage/node-log.js';
import { LEASE_MS } from '../stage/stage.js';
import type { Clock } from '../clock.js';

/** A lease is renewed in time only when the database answers in time; a database that was killed takes a while. */
const RECOVERS_WITHIN_MS = 5_000;

/**
 * How many times a request may have lost its owner before anything was logged: faults of the nodes that it was asked of,
 * up to its first frame. A killed postmaster may take logged frames back, so then all of its life counts.
 */
export function lostOwners(history: History, { showings }: RequestRecord, mayBeAhead: boolean): number {
  const fromMs = Math.min(...showings.map(({ askedAtMs }) => askedAtMs));
  const firstFrameMs = Math.min(...showings.flatMap(({ frames }) => frames.map(({ atMs }) => atMs)));
  const untilMs = mayBeAhead ? Infinity : firstFrameMs;
  const nodes = new Set(showings.filter(({ askedAtMs }) => askedAtMs <= untilMs).map(({ node }) => node));
  return history.faults.filter((fault) => {
    const isOurs = fault.node === undefined || nodes.has(fault.node);
    return isOurs && costsItsLease(fault) && fault.atMs <= untilMs && lastsUntil(fault) >= fromMs;
  }).length;
}

/** Whether any node that the request was asked of was in trouble while it lived, so that it may have been reaped. */
export function mayHaveBeenReaped(history: History, { showings }: RequestRecord, untilMs: number): boolean {
  const fromMs = Math.min(...showings.map(({ askedAtMs }) => askedAtMs));
  const nodes = new Set(showings.map(({ node }) => node));
  return history.faults.some(
    (fault) =>
      (fault.node === undefined || nodes.has(fault.node)) &&
      costsItsLease(fault) &&
      fault.atMs <= untilMs &&
      lastsUntil(fault) >= fromMs,
  );
}

function costsItsLease({ kind, name }: FaultRecord): boolean {
  return kind !== 'link' || name.includes('database');
}

function lastsUntil({ kind, untilMs }: FaultRecord): number {
  return kind === 'kill' ? untilMs : untilMs + LEASE_MS + RECOVERS_WITHIN_MS;
}

/** Leases that lapsed, as the nodes found out themselves: their event loop or the database was too slow. */
export function lapses(lines: readonly LogLine[], clock: Clock): FaultRecord[] {
  return lines
    .filter(({ message }) => message.startsWith('The lease had lapsed'))
    .map(({ node, epochMs }) => {
      const untilMs = clock.fromEpoch(epochMs);
      return { kind: 'lapse', node, name: `the lease of ${node} lapsed`, atMs: untilMs - 2 * LEASE_MS, untilMs };
    });
}
