import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { loadDevelopmentSecret } from '../common/development-secret.js';
import type { Environment } from '../config/environment.js';

/** A secret that seals are made with. */
export interface AuditKey {
  /** Names the secret in a seal and tells nothing of it. */
  id: string;
  secret: KeyObject;
}

const ID_BYTES = 8;

/** The secret of new seals, and those of seals that were made before it was changed. */
export class AuditKeys {
  readonly current: AuditKey;
  private readonly keys: ReadonlyMap<string, AuditKey>;

  constructor(secret: string, oldSecrets: readonly string[] = []) {
    const keys = [secret, ...oldSecrets].map(keyOf);
    this.current = keys[0]!;
    this.keys = new Map(keys.map((key) => [key.id, key]));
  }

  /** Undefined where it is none of ours. */
  find(id: string): AuditKey | undefined {
    return this.keys.get(id);
  }
}

/** AUDIT_SECRET and AUDIT_OLD_SECRETS; without the first, where there is no DATABASE_URL, a generated one. */
export async function loadAuditKeys({ audit, dataDirectory }: Environment): Promise<AuditKeys> {
  return new AuditKeys(audit.secret ?? (await loadDevelopmentSecret(dataDirectory, 'audit-secret')), audit.oldSecrets);
}

function keyOf(text: string): AuditKey {
  const secret = createSecretKey(Buffer.from(text));
  const id = createHmac('sha256', secret).update('id of an audit secret').digest('hex');
  return { id: id.slice(0, 2 * ID_BYTES), secret };
}
