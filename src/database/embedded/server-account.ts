import { readFile } from 'node:fs/promises';

/** The system user that the server's processes run as; absent where we are no root and they run as ourselves. */
export interface ServerAccount {
  name: string;
  uid: number;
  gid: number;
}

/** Users that Postgres may run as when we are root, which it refuses; the first that exists is taken. */
const CANDIDATES = ['postgres', 'nobody'];

export const isRoot = (): boolean => process.getuid?.() === 0;

/**
 * The account for a new cluster: none for an ordinary user, `postgres` or `nobody` for root.
 * @throws Error where root finds neither of them.
 */
export async function accountForNewCluster(): Promise<ServerAccount | undefined> {
  if (!isRoot()) return undefined;
  const account = findAccount(await readFile('/etc/passwd', 'utf8'), CANDIDATES);
  if (!account)
    throw new Error(`Postgres refuses to run as root, and there is no user ${CANDIDATES.join(' or ')} here`);
  return account;
}

/** The first of `names` that the text of /etc/passwd knows and that is not root by another name. */
export function findAccount(passwd: string, names: readonly string[]): ServerAccount | undefined {
  const rows = passwd.split('\n').map((line) => line.split(':'));
  for (const name of names) {
    const row = rows.find((fields) => fields[0] === name);
    if (row && Number(row[2]) > 0) return { name, uid: Number(row[2]), gid: Number(row[3]) };
  }
  return undefined;
}
