import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { AuditFact } from '../audit/audit-event.js';
import { trailLines } from '../audit/trail/trail-lines.js';
import { inSnapshot } from '../audit/verify/in-snapshot.js';
import { loadEnvironment } from '../config/env.js';
import { DatabaseServer } from '../database/database-server.js';
import { AUDIT_EXPORT_USAGE, parseAuditExportArguments, type AuditExportArguments } from './audit-export-arguments.js';
import { operatorAct } from './operator-act.js';
import { runCommand } from './run-command.js';

/** Of sysexits.h. */
const EX_UNAVAILABLE = 69;

/** `npm run audit:export`: writes the audit trail to standard output. That is an event of it too. */
async function main(args: string[]): Promise<void> {
  const request = parseAuditExportArguments(args);
  const server = await DatabaseServer.start(loadEnvironment(), () => undefined);
  try {
    await operatorAct(server.url, { action: 'admin.audit.export', details: factsOf(request) }, () =>
      inSnapshot(server.url, (query) =>
        pipeline(Readable.from(trailLines(query, request.filter, request.format)), process.stdout, { end: false }),
      ),
    );
  } finally {
    await server.stop();
  }
}

function factsOf({ filter, format }: AuditExportArguments): Record<string, AuditFact> {
  const { from, to, ...names } = filter;
  const times = { ...(from && { from: from.toISOString() }), ...(to && { to: to.toISOString() }) };
  return { ...names, ...times, format };
}

await runCommand(AUDIT_EXPORT_USAGE, main, () => EX_UNAVAILABLE);
