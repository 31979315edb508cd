import { setImmediate } from 'node:timers/promises';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Client } from 'pg';
import { CopyIn } from '../../src/backup/copy-in.js';
import { CopyOut } from '../../src/backup/copy-out.js';
import { createEmptyDatabase, type TestDatabase } from '../support/database.js';

/** Enough for the driver's buffer to be written over many times. */
const ROWS = 50_000;
const TABLE = '(id bigint, word text, bytes bytea, at timestamptz, document jsonb)';

describe('rows that are copied out of a database and into one', () => {
  let database: TestDatabase;
  let client: Client;
  beforeAll(async () => {
    database = await createEmptyDatabase();
    client = new Client({ connectionString: database.url });
    await client.connect();
    await client.query(`CREATE TABLE source ${TABLE}; CREATE TABLE target ${TABLE}`);
    await client.query(
      `INSERT INTO source SELECT n, CASE n % 3 WHEN 0 THEN NULL WHEN 1 THEN E'é\\t\\n\\\\' || n ELSE repeat('x', n % 900) END,
         decode(md5(n::text), 'hex'), 'epoch'::timestamptz + n * interval '1 microsecond',
         CASE n % 4 WHEN 0 THEN 'null'::jsonb WHEN 1 THEN NULL ELSE jsonb_build_object('n', n) END
       FROM generate_series(1, $1::int) n`,
      [ROWS],
    );
  });
  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  it('are the same, also where the reader is slow', async () => {
    const chunks: Buffer[] = [];
    const slowly = new Writable({
      highWaterMark: 1_024,
      write: (chunk: Buffer, _encoding, done) => {
        chunks.push(chunk);
        void setImmediate().then(() => done());
      },
    });
    const out = client.query(new CopyOut('COPY source TO STDOUT'));
    await pipeline(out, slowly);
    const into = client.query(new CopyIn('COPY target FROM STDIN'));
    await pipeline(chunks, into);
    expect([out.rows, into.rows]).toEqual([ROWS, ROWS]);
    const { rows } = await client.query(
      'SELECT count(*)::int AS differing FROM ((TABLE source EXCEPT TABLE target) UNION ALL (TABLE target EXCEPT TABLE source)) d',
    );
    expect(rows).toEqual([{ differing: 0 }]);
  });

  it("fail with the database's own words, and the connection can be used again", async () => {
    const out = client.query(new CopyOut('COPY nowhere TO STDOUT'));
    await expect(pipeline(out, new Writable())).rejects.toThrow('relation "nowhere" does not exist');
    const into = client.query(new CopyIn('COPY target FROM STDIN'));
    await expect(pipeline([Buffer.from('no number\n')], into)).rejects.toThrow('invalid input syntax');
    const given = client.query(new CopyIn('COPY target FROM STDIN'));
    const broken = (async function* () {
      yield Buffer.from('1\tx\t\\N\t\\N\t\\N\n');
      await setImmediate();
      throw new Error('the file ends');
    })();
    await expect(pipeline(broken, given)).rejects.toThrow('the file ends');
    expect((await client.query('SELECT count(*)::int AS n FROM target')).rows).toEqual([{ n: ROWS }]);
  });
});
