import { AuditKeys } from '../../src/audit/audit-keys.js';
import { AuditLog } from '../../src/audit/audit-log.js';
import { AuditService } from '../../src/audit/audit.service.js';
import { ReasonErasure } from '../../src/audit/erasure/reason-erasure.service.js';
import { AuditRetention } from '../../src/audit/retention/audit-retention.service.js';
import type { Ledger } from '../../src/billing/ledger/ledger.js';
import { finish, hold } from '../support/ledger-bench.js';
import { AUDIT_SECRET, AuditTrailBench } from '../support/audit-trail.js';

let trail: AuditTrailBench;
let ledger: Ledger;

const answer = async (requestId: string) => {
  const key = { accountId: 'user:ann', requestId };
  await hold(ledger, key);
  await finish(ledger, key, 1, 42n);
};
const count = async (table: string) =>
  Number((await trail.bench.owner.query(`SELECT count(*) AS n FROM ${table}`)).rows[0].n);

beforeEach(async () => {
  trail = await AuditTrailBench.open();
  ledger = await trail.bench.startNode();
  await trail.bench.grant('user:ann', 1_000_000n);
  await answer('ws:old');
  await trail.sealer.seal();
});
afterEach(() => trail.close());

describe('retention', () => {
  const retention = (keepDays: number | undefined) =>
    new AuditRetention(trail.dataSource, new AuditKeys(AUDIT_SECRET), {
      audit: { secret: AUDIT_SECRET, oldSecrets: [], keepDays },
    });

  it('keeps everything where it is not asked for, or nothing is old enough', async () => {
    await trail.sealer.anchor(0);
    expect(await retention(undefined).prune()).toBe(0);
    expect(await retention(1).prune()).toBe(0);
    expect(await count('audit.event')).toBe(2);
  });

  it('lets old events go, notes it, and what is left can be verified', async () => {
    await trail.sealer.anchor(0);
    await answer('ws:new');
    expect(await retention(0).prune()).toBe(2);
    const { rows } = await trail.bench.owner.query(
      'SELECT actor, action, subject, details FROM audit.event ORDER BY id',
    );
    expect(rows).toEqual([
      expect.objectContaining({ subject: 'ws:new' }),
      {
        ...{ actor: 'house:retention', action: 'audit.pruned', subject: '2' },
        details: { events: 2, holds: 1, entries: 2 },
      },
    ]);
    expect(await trail.verify()).toMatchObject({ faults: [], verified: { prunedUpTo: 2n, unsealed: 2 } });
    await trail.sealer.seal();
    await trail.sealer.anchor(0);
    expect(await trail.verify()).toMatchObject({ faults: [], verified: { events: 2, seals: 2, anchors: 2 } });
    expect(await retention(0).prune()).toBe(2);
    expect(await trail.faults()).toEqual([]);
  });

  it('keeps what is not anchored yet', async () => {
    expect(await retention(0).prune()).toBe(0);
  });

  it('throws no evidence away', async () => {
    await trail.sealer.anchor(0);
    await trail.tamper(`UPDATE audit.event SET actor = 'user:eve' WHERE id = 1`);
    await expect(retention(0).prune()).rejects.toThrow(/not as it was sealed: event 1: changed/);
    expect(await count('audit.event')).toBe(2);
  });

  it('finds out who deletes in its name, and what was added to or taken from the time of pruned events', async () => {
    await trail.sealer.anchor(0);
    await retention(0).prune();
    await trail.tamper(`UPDATE ledger.hold SET request_id = 'ws:other' WHERE request_id = 'ws:old'`);
    expect(await trail.faults()).toContainEqual(expect.stringMatching(/^ledger user:ann ws:o/));
    await trail.tamper(`DELETE FROM ledger.hold WHERE request_id = 'ws:other'`);
    expect(await trail.faults()).toContain(
      'hold before event 2: missing (there are 0 of the time whose events were pruned, and were 1)',
    );
    await trail.tamper(`INSERT INTO audit.pruning SELECT 2, 3, 1, 0, 0, now(), 1, key_id, digest, sha256('x') FROM audit.pruning;
      DELETE FROM audit.event`);
    expect(await trail.faults()).toContain('pruning 2: forged');
  });

  it.each(['DELETE FROM audit.event', 'DELETE FROM audit.seal_leaves'])(
    'is the only way in which %s is possible',
    async (sql) => {
      await expect(trail.bench.owner.query(sql)).rejects.toMatchObject({ code: 'AU001' });
    },
  );
});

describe('the erasure of reasons', () => {
  const erase = () => new ReasonErasure(trail.dataSource, new AuditKeys(AUDIT_SECRET)).erase('ann');

  beforeEach(async () => {
    const service = new AuditService(new AuditLog(trail.bench.pool));
    for (const subject of ['ann', 'bob']) {
      const details = { reason: `${subject} is a secret agent`, credits: 5 };
      await service.act({ actor: 'user:root', action: 'admin.grant', subject, details }, () => Promise.resolve());
      await trail.bench.pool.query(
        'grant for a reason',
        `SELECT ledger.grant_credits(ARRAY[$1], ARRAY['g'], ARRAY[5]::bigint[], ARRAY[$2])`,
        [`user:${subject}`, JSON.stringify(details)],
      );
    }
  });
  const texts = async () => {
    const { rows } = await trail.bench.owner.query(
      `SELECT details->>'reason' AS text FROM audit.event WHERE details ? 'reason'
       UNION ALL SELECT meta->>'reason' FROM ledger.entry WHERE meta ? 'reason'`,
    );
    return rows.map(({ text }) => text as string);
  };

  it('takes the text of one user out of the trail and the ledger, and their seals still fit', async () => {
    await trail.sealer.seal();
    expect(await erase()).toBe(2);
    expect(await texts()).toEqual(['bob is a secret agent', 'bob is a secret agent']);
    expect(await trail.faults()).toEqual([]);
    expect(await erase()).toBe(0);
    const { rows } = await trail.bench.owner.query(`SELECT details FROM audit.event WHERE subject = 'ann'`);
    expect(rows).toEqual([{ details: { credits: 5 } }]);
  });

  it('works before the sealer came, too', async () => {
    await erase();
    await trail.sealer.seal();
    expect(await texts()).toEqual(['bob is a secret agent', 'bob is a secret agent']);
    expect(await trail.faults()).toEqual([]);
  });

  it('leaves a digest that nobody without the secret can make for another text', async () => {
    await trail.sealer.seal();
    await erase();
    await trail.tamper(`UPDATE audit.event SET details = details || '{"reason": "a favour"}' WHERE subject = 'ann'`);
    expect(await trail.faults()).toEqual([expect.stringMatching(/^event \d+: changed$/)]);
  });

  it.each([
    `UPDATE audit.event SET details = '{}'`,
    `UPDATE audit.event SET details = details - 'reason', actor = 'user:eve'`,
    `UPDATE audit.event SET details = details || '{"reason": "x"}'`,
    `UPDATE audit.event SET reason_digest = sha256('x')`,
  ])('is the only change that the trail takes: not %s', async (sql) => {
    await expect(trail.bench.owner.query(sql)).rejects.toMatchObject({ code: 'AU001' });
  });

  it('is the only change that entries take', async () => {
    for (const sql of [`UPDATE ledger.entry SET amount = 1`, `UPDATE ledger.entry SET meta = '{}'`])
      await expect(trail.bench.owner.query(sql)).rejects.toMatchObject({ code: 'LG001' });
  });
});
