import { Client } from 'pg';
import { AuditKeys } from '../../src/audit/audit-keys.js';
import { AuditLog } from '../../src/audit/audit-log.js';
import { auditRow } from '../../src/audit/audit-event.js';
import { AuditSealer } from '../../src/audit/seal/audit-sealer.service.js';
import { finish, hold } from '../support/ledger-bench.js';
import { AUDIT_SECRET, AuditTrailBench } from '../support/audit-trail.js';
import { eventually } from '../support/eventually.js';
import { startWorker } from '../support/worker-process.js';

let trail: AuditTrailBench;
beforeEach(async () => {
  trail = await AuditTrailBench.open();
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.end()));
  await trail.close();
});

const clients: Client[] = [];
const connect = async (): Promise<Client> => {
  const client = new Client({ connectionString: trail.bench.database.url });
  clients.push(client);
  await client.connect();
  return client;
};
const RECORD = `SELECT audit.record(ARRAY[now()], ARRAY['user:ann'], ARRAY['ai.refused'], ARRAY[$1], ARRAY[gen_random_uuid()], ARRAY['{}'])`;

describe('the sealer', () => {
  it('never passes over an event whose transaction commits late', async () => {
    const [slow, quick] = [await connect(), await connect()];
    await slow.query('BEGIN');
    await slow.query(RECORD, ['ws:slow']);
    await quick.query(RECORD, ['ws:quick']);
    expect(await trail.sealer.seal()).toBe(0);
    expect(trail.sealer.lastCompletedAt).toBeUndefined();
    await slow.query('COMMIT');
    expect(await trail.sealer.seal()).toBe(2);
    expect(trail.sealer.lastCompletedAt).toBeDefined();
    expect(await trail.verify()).toMatchObject({ faults: [], verified: { events: 2, unsealed: 0 } });
  });

  it('goes on after a transaction that was rolled back', async () => {
    const client = await connect();
    await client.query('BEGIN');
    await client.query(RECORD, ['ws:1']);
    await client.query('ROLLBACK');
    await client.query(RECORD, ['ws:2']);
    expect(await trail.sealer.seal()).toBe(1);
    expect(await trail.faults()).toEqual([]);
  });

  it('seals every event once while many write and several seal', async () => {
    const ledger = await trail.bench.startNode();
    await trail.bench.grant('user:ann', 1_000_000n);
    const log = new AuditLog(trail.bench.pool);
    const sealers = Array.from({ length: 3 }, () => new AuditSealer(trail.dataSource, new AuditKeys(AUDIT_SECRET)));
    let isWriting = true;
    const sealing = sealers.map(async (sealer) => {
      while (isWriting) await sealer.seal();
    });
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      for (let i = 0; i < 60; i++) {
        const key = { accountId: 'user:ann', requestId: `ws:${writer}-${i}` };
        await hold(ledger, key);
        await finish(ledger, key, 1, BigInt(i % 3));
        await log.write([auditRow({ actor: 'user:eve', action: 'ai.refused', subject: key.requestId })]);
      }
    });
    await Promise.all(writers);
    isWriting = false;
    await Promise.all(sealing);
    await trail.sealer.seal();
    const { faults, verified } = await trail.verify();
    expect(faults).toEqual([]);
    expect(verified).toMatchObject({ events: 8 * 60 * 2 + 1, unsealed: 0 });
    expect(verified.seals).toBeGreaterThan(3);
  });

  it('that is killed amid its work leaves nothing half done, and another one goes on', async () => {
    await trail.addEvents(40_000);
    const worker = startWorker({
      ...{ PATH: process.env['PATH']!, NODE_ENV: 'test', DATABASE_URL: trail.bench.database.url },
      ...{ JWT_SECRET: AUDIT_SECRET, AUDIT_SECRET, LOG_LEVEL: 'info' },
    });
    const sealed = async () =>
      Number((await trail.bench.owner.query(`SELECT sum(events) AS n FROM audit.seal`)).rows[0].n);
    try {
      await eventually(async () => expect(await sealed()).toBeGreaterThan(0), 120_000, 5);
    } finally {
      worker.child.kill('SIGKILL');
      await worker.ended;
    }
    expect(await sealed()).toBeLessThan(40_000);
    expect(await trail.faults()).toEqual([]);
    await eventually(async () => expect(await trail.sealer.seal()).toBeGreaterThan(0)); // the server notices the death
    expect(await trail.verify()).toMatchObject({ faults: [], verified: { events: 40_000, unsealed: 0 } });
  }, 240_000);

  it('seals what was sealed with an old secret no more, and it can still be verified with it', async () => {
    await trail.addEvents(1);
    await trail.sealElsewhere('old', 'another secret of more than thirty-two bytes');
    await trail.addEvents(1);
    await trail.sealer.seal();
    const keys = new AuditKeys(AUDIT_SECRET, ['another secret of more than thirty-two bytes']);
    expect(await trail.faults({ keys })).toEqual([]);
    expect(await trail.faults()).toEqual([
      expect.stringMatching(/^seal old 1: forged \(made with the unknown secret [0-9a-f]{16}\)$/),
    ]);
  });
});

describe('seals that were tampered with', () => {
  beforeEach(async () => {
    for (const chain of ['one', 'two', 'one', 'two', 'one']) {
      await trail.addEvents(3);
      await trail.sealElsewhere(chain);
      await trail.sealer.anchor(0);
    }
    expect(await trail.verify()).toMatchObject({
      ...{ faults: [], verified: { seals: 5, chains: 2, anchors: 5, events: 15 } },
    });
  });

  it.each([
    ['a digest', `UPDATE audit.seal SET digest = sha256('x') WHERE chain = 'one' AND number = 2`],
    ['a time', `UPDATE audit.seal SET sealed_at = sealed_at - interval '1 day' WHERE chain = 'one' AND number = 2`],
    ['what it follows', `UPDATE audit.seal SET previous = sha256('x') WHERE chain = 'one' AND number = 2`],
  ])('%s is changed: the seal is named', async (_, sql) => {
    await trail.tamper(sql);
    expect(await trail.faults()).toContain('seal one 2: forged (its digest does not fit)');
  });

  it('the digests of its events are changed together with an event: the seal is named', async () => {
    await trail.tamper(`UPDATE audit.seal_leaves l SET leaves = overlay(l.leaves PLACING '\\xff' FROM 20 FOR 1)
      FROM audit.seal s WHERE s.after_event = l.after_event AND s.chain = 'two' AND s.number = 1`);
    expect(await trail.faults()).toEqual(['seal two 1: changed (its list of events does not fit)']);
  });

  it('one is gone: its neighbours and its anchor tell', async () => {
    await trail.tamper(`DELETE FROM audit.seal WHERE chain = 'one' AND number = 2`);
    expect(await trail.faults()).toEqual(
      expect.arrayContaining([
        'seal two 2: out of order (seals between the events 6 and 9 are missing)',
        'seal one 3: out of order (the seal before it in its chain is another one)',
        'seal one 2: missing (anchor 3 names it)',
      ]),
    );
  });

  it('two change places', async () => {
    await trail.tamper(`UPDATE audit.seal SET number = number + 90 WHERE chain = 'one' AND number < 3;
      UPDATE audit.seal SET number = 93 - number WHERE chain = 'one' AND number > 90`);
    expect(await trail.faults()).toEqual(
      expect.arrayContaining([
        'seal one 2: out of order (the seal before it in its chain is another one)',
        'seal one 1: out of order (the seal before it in its chain is another one)',
      ]),
    );
  });

  it('a whole chain is gone: the anchors name its seals', async () => {
    await trail.tamper(`DELETE FROM audit.seal_leaves l USING audit.seal s WHERE s.after_event = l.after_event AND s.chain = 'two';
      DELETE FROM audit.seal WHERE chain = 'two'`);
    expect(await trail.faults()).toEqual(
      expect.arrayContaining(['seal two 1: missing (anchor 2 names it)', 'seal two 2: missing (anchor 4 names it)']),
    );
  });

  it('an anchor is changed, or gone', async () => {
    await trail.tamper(
      `UPDATE audit.anchor SET heads = '[]' WHERE number = 2; DELETE FROM audit.anchor WHERE number = 4`,
    );
    expect(await trail.faults()).toEqual([
      'anchor 2: forged (its digest does not fit)',
      'anchor 5: out of order (the anchor before it is missing or another one)',
    ]);
  });

  it('all is sealed anew with a secret that is not ours', async () => {
    await trail.tamper('DELETE FROM audit.seal_leaves; DELETE FROM audit.seal; DELETE FROM audit.anchor');
    await trail.sealElsewhere('one', 'the secret of whoever broke into the database');
    expect(await trail.faults()).toEqual([expect.stringMatching(/^seal one 1: forged \(made with the unknown secret/)]);
  });

  it.each(['UPDATE', 'DELETE FROM', 'TRUNCATE'])(
    'is what the database refuses where its triggers are on: %s',
    async (verb) => {
      for (const table of ['seal', 'seal_leaves', 'anchor', 'pruning']) {
        const sql =
          verb === 'UPDATE'
            ? `UPDATE audit.${table} SET ${table === 'seal_leaves' ? 'leaves' : 'digest'} = ''`
            : `${verb} audit.${table} `;
        if (table === 'seal' && verb === 'TRUNCATE') continue; // another table refers to it
        await expect(trail.bench.owner.query(sql)).rejects.toMatchObject({ code: 'AU001' });
      }
    },
  );
});
