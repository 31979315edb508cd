import { parseArgs } from 'node:util';
import type { TrailFormat } from '../audit/trail/trail-lines.js';
import type { TrailFilter } from '../audit/trail/trail-page.js';
import { ArgumentsError } from './arguments-error.js';
import { instant } from './audit-verify-arguments.js';

export const AUDIT_EXPORT_USAGE = `usage: npm run -s audit:export -- [--from TIME] [--to TIME] [--actor WHO] [--action WHAT] [--subject WHOM] [--format jsonl]
  --from, --to  events of that time or later, and before the other: a date or an ISO 8601 time (UTC where it names no zone)
  --actor       who did it, such as user:alice
  --action      what was done, such as admin.grant, or admin.* for all that begin so
  --subject     whom or what it was done to
  --format      jsonl (default) or csv; oldest first, on standard output`;

export interface AuditExportArguments {
  filter: TrailFilter;
  format: TrailFormat;
}

/** @throws ArgumentsError */
export function parseAuditExportArguments(args: string[]): AuditExportArguments {
  const { from, to, format = 'jsonl', ...names } = parseOptions(args);
  if (format !== 'jsonl' && format !== 'csv') throw new ArgumentsError(`--format is '${format}'; allowed: jsonl, csv.`);
  const filter = {
    ...names,
    ...(from !== undefined && { from: instant('--from', from) }),
    ...(to !== undefined && { to: instant('--to', to) }),
  };
  return { filter, format };
}

function parseOptions(args: string[]) {
  const text = { type: 'string' } as const;
  try {
    const options = { from: text, to: text, actor: text, action: text, subject: text, format: text };
    return { ...parseArgs({ args, options, allowPositionals: false }).values };
  } catch (error) {
    throw new ArgumentsError(error instanceof Error ? error.message : String(error));
  }
}
