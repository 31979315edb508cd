import { userInfo } from 'node:os';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { auditRow } from '../audit/audit-event.js';
import { AuditLog } from '../audit/audit-log.js';
import { trailLines } from '../audit/trail/trail-lines.js';
import { inSnapshot } from '../audit/verify/in-snapshot.js';
import { loadEnvironment } from '../config/env.js';
import { DatabaseServer } from '../database/database-server.js';
import { LedgerPool } from '../database/ledger-pool.js';
import { ArgumentsError } from './arguments-error.js';
import { AUDIT_EXPORT_USAGE, parseAuditExportArguments, type AuditExportArguments } from './audit-export-arguments.js';

/** Of sysexits.h. */
const EX_USAGE = 64;
const EX_UNAVAILABLE = 69;

/** `npm run audit:export`: writes the audit trail to standard output. That is an event of it too. */
async function main(): Promise<void> {
  const request = parseAuditExportArguments(process.argv.slice(2));
  const server = await DatabaseServer.start(loadEnvironment(), () => undefined);
  try {
    await note(server.url, request);
    await inSnapshot(server.url, (query) =>
      pipeline(Readable.from(trailLines(query, request.filter, request.format)), process.stdout, { end: false }),
    );
  } finally {
    await server.stop();
  }
}

/** Who exports is no user of the gateway: it is the account on the machine. */
async function note(connectionString: string, { filter, format }: AuditExportArguments): Promise<void> {
  const { from, to, ...names } = filter;
  const times = { ...(from && { from: from.toISOString() }), ...(to && { to: to.toISOString() }) };
  const row = auditRow({
    userId: userInfo().username,
    action: 'admin.audit.export',
    details: { ...names, ...times, format },
  });
  const pool = new LedgerPool({ connectionString, max: 1 });
  try {
    await new AuditLog(pool).write([{ ...row, actor: row.actor.replace('user:', 'operator:') }]);
  } finally {
    await pool.close();
  }
}

main().catch((error: unknown) => {
  const isUsage = error instanceof ArgumentsError;
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  if (isUsage) process.stderr.write(`\n${AUDIT_EXPORT_USAGE}\n`);
  process.exitCode = isUsage ? EX_USAGE : EX_UNAVAILABLE;
});
