import { createTestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startWorker } from '../support/worker-process.js';

describe('the worker', () => {
  it('says that it is ready and ends well on SIGTERM', async () => {
    const database = await createTestDatabase();
    const worker = startWorker({ DATABASE_URL: database.url });
    await eventually(() => expect(worker.output()).toContain('The worker is ready'));
    worker.child.kill('SIGTERM');
    expect(await worker.ended).toEqual([0, null]);
    await database.drop();
  });

  it('refuses to start where the gateway is the only process', async () => {
    const worker = startWorker({});
    expect(await worker.ended).toEqual([78, null]);
    expect(worker.output()).toContain('DATABASE_URL is missing');
  });

  it('ends with the reason where the database can not be reached', async () => {
    const worker = startWorker({ DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/none' });
    expect(await worker.ended).toEqual([1, null]);
    expect(worker.output()).toContain("The worker can't start: connect ECONNREFUSED");
    expect(worker.output()).toContain('host and port of DATABASE_URL');
    expect(worker.output()).not.toContain('nobody');
  });

  it('names DATABASE_URL where that names a database that there is not', async () => {
    const database = await createTestDatabase();
    const url = new URL(database.url);
    url.pathname = '/nowhere';
    const worker = startWorker({ DATABASE_URL: url.href });
    expect(await worker.ended).toEqual([1, null]);
    expect(worker.output()).toContain('check the name at the end of DATABASE_URL');
    await database.drop();
  });
});
