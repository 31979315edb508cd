import { Redis } from 'ioredis';
import { describeWithRedis, startRedis } from '../support/redis-server.js';

/** Asks on a connection of its own, once. */
async function ask<T>(port: number, question: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(port, { lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 });
  client.on('error', () => undefined);
  const answer = await question(client); // where that fails, the connection has ended by itself
  client.disconnect();
  return answer;
}

describeWithRedis("a test's Redis", () => {
  it('keeps what it acknowledged when it is killed and started again', async () => {
    const server = await startRedis();
    try {
      await ask(server.port, (client) => client.set('word', 'kept'));
      await server.restart();
      expect(await ask(server.port, (client) => client.get('word'))).toBe('kept');
      await server.kill();
      await expect(ask(server.port, (client) => client.get('word'))).rejects.toThrow('closed');
    } finally {
      await server.stop();
    }
  });
});
