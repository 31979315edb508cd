import { runMigrations } from 'bullmq';
import pg from 'pg';
import { GatewayFlowProducer, GatewayQueue, GatewayWorker } from '../../src/queue/queue-classes.js';
import type { QueueConnection } from '../../src/queue/queue-connection.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.js';

const NAME = 'late';

let database: TestDatabase;
let proxy: TcpProxy;
let options: { connection: QueueConnection };
const open: { close(): Promise<void> }[] = [];

/** A database that lets nobody in, at first. */
beforeEach(async () => {
  database = await createTestDatabase();
  const client = new pg.Client(database.url);
  await client.connect();
  await runMigrations(client);
  await client.end();
  const url = new URL(database.url);
  proxy = await startTcpProxy({ host: url.hostname, port: Number(url.port) });
  proxy.cut();
  url.port = String(proxy.port);
  options = { connection: { kind: 'postgres', url: url.href } };
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
  await proxy.close();
  await database.drop();
});

const opened = <T extends { close(): Promise<void> }>(each: T): T => {
  open.push(each);
  return each;
};

describe('a database that lets nobody in when one first connects', () => {
  it('is asked again by a queue', async () => {
    const queue = opened(new GatewayQueue(NAME, options));
    await expect(queue.add('job', {})).rejects.toThrow();
    proxy.restore();
    await queue.add('job', {});
    expect(await queue.getWaitingCount()).toBe(1);
  });

  it('is asked again by a producer of flows', async () => {
    const flows = opened(new GatewayFlowProducer(options));
    const flow = { name: 'job', queueName: NAME };
    await expect(flows.add(flow)).rejects.toThrow();
    proxy.restore();
    await flows.add(flow);
  });

  it('is asked again by a worker', async () => {
    const done: string[] = [];
    const process = ({ name }: { name: string }) => Promise.resolve(void done.push(name));
    const worker = opened(new GatewayWorker(NAME, process, { ...options, runRetryDelay: 100 }));
    worker.on('error', () => undefined);
    await expect(worker.waitUntilReady()).rejects.toThrow();
    proxy.restore();
    await opened(new GatewayQueue(NAME, options)).add('job', {});
    await eventually(() => expect(done).toEqual(['job']));
  });
});
