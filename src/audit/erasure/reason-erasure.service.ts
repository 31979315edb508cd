import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditKeys, type AuditKey } from '../audit-keys.js';
import type { RunQuery } from '../run-query.js';
import { reasonDigest } from '../seal/sealed-row.js';

/** A reason, and the secret that its row was sealed with; none: it is not sealed yet. */
interface StoredReason {
  /** By which its digest differs from that of an equal one. */
  name: string;
  row: string;
  reason: string;
  keyId: string | null;
}

/**
 * Erases what administrators gave as reasons for what they did to a user: the one text about a person that the trail and
 * the ledger have. Their seals fit afterwards as they did before. Safe to repeat.
 */
@Injectable()
export class ReasonErasure {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(AuditKeys) private readonly keys: AuditKeys,
  ) {}

  /**
   * @returns how many reasons went
   * @throws Error where one was sealed with a secret that is not configured any more
   */
  erase(userId: string): Promise<number> {
    const account = `user:${userId}`;
    return this.dataSource.transaction(async (manager) => {
      const query: RunQuery = (sql, values) => manager.query(sql, values as unknown[]);
      await query('SELECT audit.begin_erasure()');
      const events = await query<StoredReason>(EVENTS, [userId, account]);
      await query('SELECT audit.erase_event_reasons($1, $2)', this.erasures(events));
      const entries = await query<StoredReason>(ENTRIES, [account]);
      await query('SELECT audit.erase_entry_reasons($1, $2, $3)', [account, ...this.erasures(entries)]);
      return events.length + entries.length;
    });
  }

  private erasures(reasons: readonly StoredReason[]): [rows: string[], digests: (Buffer | null)[]] {
    const digests = reasons.map(({ name, reason, keyId }) =>
      keyId === null ? null : Buffer.from(reasonDigest(this.find(keyId), name, reason, null)!, 'hex'),
    );
    return [reasons.map(({ row }) => row), digests];
  }

  private find(keyId: string): AuditKey {
    const key = this.keys.find(keyId);
    if (!key) throw new Error(`the secret ${keyId} is not among AUDIT_SECRET and AUDIT_OLD_SECRETS`);
    return key;
  }
}

const keyOf = (event: string) =>
  `(SELECT s.key_id FROM audit.seal s WHERE s.last_event >= ${event} ORDER BY s.last_event LIMIT 1) AS "keyId"`;

/** A revocation's subject is the name of who is shut out: a user's is that of the account. Others' is the bare user id. */
const EVENTS = `
  SELECT e.id::text AS name, e.id::text AS row, (e.details->'reason')::text AS reason, ${keyOf('e.id')}
  FROM audit.event e WHERE e.details ? 'reason' AND (
    (e.subject = $1 AND e.action LIKE 'admin.%' AND e.action <> 'admin.revoke')
    OR (e.subject = $2 AND e.action = 'admin.revoke'))`;

/** An entry is sealed with its event. */
const ENTRIES = `
  SELECT n.account_id || ' ' || n.seq AS name, n.seq::text AS row, (n.meta->'reason')::text AS reason, ${keyOf('e.id')}
  FROM ledger.entry n LEFT JOIN audit.event e ON e.actor = n.account_id AND e.subject = n.idem_key AND e.action = 'ledger.' || n.kind
  WHERE n.account_id = $1 AND n.meta ? 'reason'`;
