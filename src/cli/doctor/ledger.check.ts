import { DatabaseError, type Client } from 'pg';
import { fault, type CheckResult, type Finding } from './finding.js';

const CHECK = 'ledger';
/** query_canceled of PostgreSQL's appendix A: the statement timeout. */
const TOO_LONG = '57014';
const AUDIT =
  'SELECT what, count(*)::int AS count, min(account_id) AS account FROM ledger.audit GROUP BY what ORDER BY what';
/** The reaper ends them within seconds. */
const STALE = `SELECT count(*)::int AS count FROM ledger.hold WHERE status = 'pending' AND expires_at < clock_timestamp() - interval '5 minutes'`;

/** Whether the books add up, and no hold outlives its deadline. */
export async function checkLedger(client: Client): Promise<CheckResult> {
  try {
    const { rows } = await client.query<{ what: string; count: number; account: string | null }>(AUDIT);
    const findings = [...rows.map(auditFinding), ...(await staleFindings(client))];
    return { check: CHECK, findings, note: 'proved against itself' };
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.code !== TOO_LONG) throw error;
    return { check: CHECK, note: 'too large to be proved within a minute; a worker proves it every night' };
  }
}

function auditFinding({ what, count, account }: { what: string; count: number; account: string | null }): Finding {
  return fault(
    `The ledger does not add up: ${what}, ${count} times${account === null ? '' : `, first ${account}`}`,
    'Nothing repairs it by itself. Stop grants by hand, keep a backup of now, and compare with npm run audit:verify (docs/audit.md).',
  );
}

async function staleFindings(client: Client): Promise<Finding[]> {
  const { rows } = await client.query<{ count: number }>(STALE);
  const { count } = rows[0]!;
  if (count === 0) return [];
  return [
    fault(
      `${count} holds are past their deadline, and nobody gives them back`,
      'The reaper runs in every gateway and worker: see that one is alive and reaches the database.',
    ),
  ];
}
