import { isNativeError } from 'node:util/types';

/** SQLSTATE classes and codes after which the same statement may well succeed (PostgreSQL manual, appendix A). */
const PASSING_CLASSES = new Set(['08', '53', '57', '58']);
const PASSING_CODES = new Set([
  '40001', // serialization_failure
  '40P01', // deadlock_detected
  '55P03', // lock_not_available
  '25006', // read_only_sql_transaction: a replica that is about to take over
]);
const CONNECTION_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
]);

/**
 * Whether an error of the database is about its state and not about what it was asked: worth trying again. The driver
 * gives connection failures of its own no code at all, so an error without one counts as passing.
 */
export function isPassingTrouble(error: unknown): boolean {
  if (!isNativeError(error)) return false; // not instanceof: under a test runner Node's own errors are of another realm
  const { code } = error as { code?: unknown };
  if (code === undefined) return error.name !== 'TypeError' && error.name !== 'RangeError';
  if (typeof code !== 'string') return false;
  return (
    CONNECTION_CODES.has(code) ||
    PASSING_CODES.has(code) ||
    (code.length === 5 && PASSING_CLASSES.has(code.slice(0, 2)))
  );
}
