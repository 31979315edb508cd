import { createTestDatabase, type TestDatabase } from '../../test/support/database.js';
import { LedgerPool } from './ledger-pool.js';

describe('LedgerPool', () => {
  let database: TestDatabase;
  let pool: LedgerPool;

  beforeAll(async () => {
    database = await createTestDatabase();
    pool = new LedgerPool({ connectionString: database.url });
  });
  afterAll(async () => {
    await pool.close();
    await database.drop();
  });

  it('gives bigint as BigInt', async () => {
    expect(await pool.query('big', 'SELECT $1::bigint AS amount', [9007199254740993n])).toEqual([
      { amount: 9007199254740993n },
    ]);
  });

  it('may call the functions of the ledger but not write its tables', async () => {
    await pool.query(
      'grant',
      `SELECT * FROM ledger.grant_credits(ARRAY['user:ann'], ARRAY['first'], ARRAY[5]::bigint[])`,
    );
    await expect(
      pool.query('cheat', `UPDATE ledger.account SET posted = 100 WHERE id = 'user:ann'`),
    ).rejects.toMatchObject({
      code: '42501',
    });
  });

  it('answers a ping', async () => {
    await expect(pool.ping()).resolves.toBeUndefined();
  });
});
