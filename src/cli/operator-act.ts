import { userInfo } from 'node:os';
import type { ActEvent, Actor } from '../audit/audit-event.js';
import { AuditLog } from '../audit/audit-log.js';
import { AuditService } from '../audit/audit.service.js';
import { LedgerPool } from '../database/ledger-pool.js';

/**
 * What an operator does by a command, noted in the trail before it is done, and where it fails. Whoever calls a command is
 * no user of the gateway: it is the account on the machine.
 * @throws GatewayError UNAVAILABLE where it can't be noted: then it is not done; what `work` throws
 */
export async function operatorAct<T>(
  databaseUrl: string,
  event: Omit<ActEvent, 'actor'>,
  work: () => Promise<T>,
): Promise<T> {
  const pool = new LedgerPool({ connectionString: databaseUrl, max: 1 });
  const audit = new AuditService(new AuditLog(pool));
  try {
    return await audit.act({ ...event, actor: operator() }, work);
  } finally {
    await audit.onApplicationShutdown();
    await pool.close();
  }
}

/** In a container the account may have a number and no name. */
function operator(): Actor {
  try {
    return `operator:${userInfo().username}`;
  } catch {
    return `operator:uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
