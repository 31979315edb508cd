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
import { AUDIT_EXPORT_USAGE, parseAuditExportArguments, type AuditExportArguments } from './audit-export-arguments.js';
import { runCommand } from './run-command.js';

/** Of sysexits.h. */
const EX_UNAVAILABLE = 69;

/** `npm run audit:export`: writes the audit trail to standard output. That is an event of it too. */
async function main(args: string[]): Promise<void> {
  const request = parseAuditExportArguments(args);
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

await runCommand(AUDIT_EXPORT_USAGE, main, () => EX_UNAVAILABLE);
