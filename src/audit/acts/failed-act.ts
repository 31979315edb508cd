import type { ActEvent, AuditEvent } from '../audit-event.js';

/** As the gateway, Node.js and PostgreSQL name errors: CONFLICT, ENOSPC, 57P01. */
const CODE = /^[A-Z0-9_]{1,40}$/;

/** That an act which was noted came to nothing, or not to its end. @param notedAt of the act's own event */
export function failedAct({ actor, action, subject = '' }: ActEvent, notedAt: Date, error: unknown): AuditEvent {
  const { code } = (error ?? {}) as { code?: unknown };
  const name = typeof code === 'string' && CODE.test(code) ? code : 'INTERNAL';
  return { actor, action: `${action}.failed`, subject, details: { code: name, notedAt: notedAt.toISOString() } };
}
