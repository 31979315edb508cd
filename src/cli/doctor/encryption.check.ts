import { DatabaseError, type Client } from 'pg';
import type { Environment } from '../../config/environment.js';
import { countKeyUses, type KeyUse } from '../../privacy/rotation/key-uses.js';
import { fault, type CheckResult } from './finding.js';

const CHECK = 'encryption';
/** query_canceled of PostgreSQL's appendix A: the statement timeout. */
const TOO_LONG = '57014';
const ADVICE =
  'Put the key back into ENCRYPTION_KEYS: before one is taken out, npm run keys:rotate says that it may be.';

/** Whether every text that is kept encrypted has its key here. */
export async function checkEncryption({ encryption }: Environment, client: Client): Promise<CheckResult> {
  const { keys, isOff } = encryption;
  const note = keys[0] && !isOff ? `texts are put under key ${keys[0].id}` : 'off: texts are kept as they are';
  try {
    const uses = await countKeyUses(async (sql) => (await client.query<KeyUse>(sql)).rows);
    const keyless = uses.filter(({ keyId }) => !keys.some(({ id }) => id === keyId));
    const findings = keyless.map(({ kind, keyId, count }) =>
      fault(`${count} texts of ${kind} can't be read: they are under key ${keyId}, which is not configured`, ADVICE),
    );
    return { check: CHECK, findings, note };
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.code !== TOO_LONG) throw error;
    return { check: CHECK, note: `${note}; too much is kept to be looked through within a minute` };
  }
}
