import { hash } from 'node:crypto';
import type { AuditEvent } from '../audit-event.js';

/** The last change of the configuration that the trail tells of. */
export interface LastChange {
  /** The event's. */
  id: string;
  /** Of the file's text; null: there was no file. */
  digest: string | null;
}

/**
 * That another configuration is in force than the trail tells of. Every node finds that, and again at each of its starts:
 * what one has noted is no news, and what several find at once has one key.
 * @param digest of the file's text; undefined: there is no file
 * @param last undefined: the trail tells of none yet
 * @returns undefined where there is nothing to tell
 */
export function configurationApplied(digest: string | undefined, last: LastChange | undefined): AuditEvent | undefined {
  const now = digest ?? null;
  if ((last?.digest ?? null) === now) return undefined;
  return {
    actor: 'house:configuration',
    action: 'config.applied',
    subject: now ?? '',
    details: { digest: now, replaced: last?.digest ?? null },
    key: keyOf('applied', last, now ?? ''),
  };
}

/** That a file can't be used. The same faults are told once, until another configuration comes into force. */
export function configurationRefused(
  faults: readonly string[],
  digest: string | undefined,
  last: LastChange | undefined,
): AuditEvent {
  return {
    actor: 'house:configuration',
    action: 'config.refused',
    subject: digest ?? '',
    details: { inForce: digest ?? null, faults: faults.length }, // which ones, the log says: they may quote the file
    key: keyOf('refused', last, faults.join('\n')),
  };
}

/** A UUID that every node finds for the same change. */
function keyOf(what: string, last: LastChange | undefined, text: string): string {
  return hash('sha256', `${what} ${last?.id ?? ''} ${text}`, 'hex')
    .slice(0, 32)
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
