import { parseArgs } from 'node:util';
import { readInstant } from '../common/instant.js';
import { ArgumentsError } from './arguments-error.js';

export const AUDIT_VERIFY_USAGE = `usage: npm run audit:verify -- [--from TIME] [--to TIME] [--anchor FILE]
  --from, --to  only what was sealed at that time or later, and before the other: a date or an ISO 8601 time (UTC where
                it names no zone); the ledger as a whole is left out then
  --anchor      a file with anchors that were kept outside of the database: the gateway's log, or its lines 'Audit anchor …'`;

export interface AuditVerifyArguments {
  from?: Date;
  to?: Date;
  anchorFile?: string;
}

/** @throws ArgumentsError */
export function parseAuditVerifyArguments(args: string[]): AuditVerifyArguments {
  const { from, to, anchor } = parseOptions(args);
  return {
    ...(from !== undefined && { from: instant('--from', from) }),
    ...(to !== undefined && { to: instant('--to', to) }),
    ...(anchor !== undefined && { anchorFile: anchor }),
  };
}

function parseOptions(args: string[]) {
  try {
    const options = { from: { type: 'string' }, to: { type: 'string' }, anchor: { type: 'string' } } as const;
    return parseArgs({ args, options, allowPositionals: false }).values;
  } catch (error) {
    throw new ArgumentsError(error instanceof Error ? error.message : String(error));
  }
}

/** @throws ArgumentsError */
export function instant(name: string, text: string): Date {
  const time = readInstant(text);
  if (time) return time;
  throw new ArgumentsError(
    `${name} is '${text}'; allowed: a date such as 2026-11-22, or a time such as 2026-11-22T09:30:00Z.`,
  );
}
