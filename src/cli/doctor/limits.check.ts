import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import type { Environment } from '../../config/environment.js';
import { fault, warning, type CheckResult, type Finding } from './finding.js';

const HOLD = `SELECT result FROM access.hold_batch($1, ARRAY[$2], ARRAY[$3], ARRAY['doctor'], ARRAY[1]::bigint[], ARRAY[60000],
  ARRAY['{"type":"chat","promptTokens":1,"reap":{"prompt":1,"token":1}}'], ARRAY['{"requestsPerMinute":1}'], ARRAY[NULL]::text[])`;

/** Whether limits are on, and bite: two holds under a limit of one, in a transaction that is rolled back. */
export async function checkLimits(environment: Environment, client: Client | undefined): Promise<CheckResult> {
  const findings = [...settingsFindings(environment), ...(client ? await biteFindings(client) : [])];
  return { check: 'limits', findings, note: client ? 'a test hold beyond a limit' : 'settings alone' };
}

function settingsFindings({ limits, http, gatewayConfig, isProduction }: Environment): Finding[] {
  const findings: Finding[] = [];
  if (!limits.areOn)
    findings.push(
      fault(
        'RATE_LIMITS is off: no limit holds, of rates, streams or roles',
        'Take RATE_LIMITS out; it is for benchmarks.',
      ),
    );
  if (http.trustProxy === true) {
    findings.push(
      warning(
        'TRUST_PROXY is true: any client can call itself any address, so limits by address hold for nobody',
        'Give the number of proxies before the gateway, or their addresses.',
      ),
    );
  }
  if (http.trustProxy === false && isProduction && http.publicUrl?.startsWith('https:')) {
    findings.push(
      warning(
        'TLS ends at a proxy, which TRUST_PROXY does not name: all clients have one address, and share its limits',
        'Set TRUST_PROXY to the number of proxies before the gateway, or to their addresses.',
      ),
    );
  }
  for (const [name, { capabilities, limits: own }] of gatewayConfig.initial.roles) {
    const isUse = capabilities.some((each) => each === 'chat' || each === 'embedding' || each === 'video');
    if (!isUse && Object.keys(own).length > 0)
      findings.push(
        warning(
          `The limits of the role '${name}' hold for nobody: it allows neither chat nor embedding nor video`,
          "Give it capabilities, or take its 'limits' out of GATEWAY_CONFIG.",
        ),
      );
  }
  return findings;
}

async function biteFindings(client: Client): Promise<Finding[]> {
  const name = randomUUID();
  const [node, account] = [`doctor-${name}`, `user:doctor-${name}`];
  const hold = async (request: string) => {
    const { rows } = await client.query<{ result: string }>(HOLD, [node, account, `doctor:${request}`]);
    return rows[0]!.result;
  };
  await client.query('BEGIN');
  try {
    await client.query('SELECT ledger.beat($1, 60000)', [node]);
    await client.query(`SELECT FROM ledger.grant_credits(ARRAY[$1], ARRAY['doctor'], ARRAY[10]::bigint[])`, [account]);
    const results = [await hold('1'), await hold('2')];
    if (results[0] === 'held' && results[1] === 'limited') return [];
    return [
      fault(
        `A limit of one request a minute does not bite: two test holds came to '${results.join("' and '")}'`,
        'The functions of the schema access are not those of the migrations: compare them, or restore them from a backup.',
      ),
    ];
  } finally {
    await client.query('ROLLBACK');
  }
}
