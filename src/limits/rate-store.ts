import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Redis } from 'ioredis';
import { RateLimiterPostgres, RateLimiterRedis, type RateLimiterAbstract } from 'rate-limiter-flexible';
import { ENVIRONMENT } from '../config/config.module.js';
import type { Environment } from '../config/environment.js';
import { DatabaseServer } from '../database/database-server.js';
import { LedgerPool } from '../database/ledger-pool.js';
import type { RateLimit } from './rate-budget.js';

/** However many handshakes come, they take no more of the database than this. */
const CONNECTIONS = 2;
const CONNECT_WITHIN_MS = 2_000;
const TABLE = { schemaName: 'access', tableName: 'rate', tableCreated: true };

/** Where all nodes count what comes before any request: Redis where it is configured, else the database. */
@Injectable()
export class RateStore implements OnApplicationShutdown {
  private readonly logger = new Logger(RateStore.name);
  private redis: Redis | undefined;
  private pool: LedgerPool | undefined;

  constructor(
    @Inject(ENVIRONMENT) private readonly environment: Environment,
    @Inject(DatabaseServer) private readonly server: DatabaseServer,
  ) {}

  /** Nothing is connected before its first question. @param name what its keys begin with */
  limiter(name: string, { points, durationSeconds }: RateLimit): RateLimiterAbstract {
    const options = { keyPrefix: name, points, duration: durationSeconds };
    if (this.environment.redisUrl !== undefined)
      return new RateLimiterRedis({ ...options, keyPrefix: `mcp:rate:${name}`, storeClient: this.openRedis() });
    return new RateLimiterPostgres({ ...options, ...TABLE, storeType: 'client', storeClient: this.openPool() });
  }

  async onApplicationShutdown(): Promise<void> {
    this.redis?.disconnect();
    await this.pool?.close();
  }

  private openRedis(): Redis {
    if (this.redis) return this.redis;
    this.redis = new Redis(this.environment.redisUrl!, {
      lazyConnect: true,
      maxRetriesPerRequest: 0, // what may have been counted is not counted again
      connectTimeout: CONNECT_WITHIN_MS,
      retryStrategy: (attempts) => Math.min(attempts * 250, 2_000),
    });
    return this.redis.on('error', () => undefined); // whoever asks is told
  }

  private openPool(): { query(query: { name: string; text: string; values: unknown[] }): Promise<{ rows: object[] }> } {
    const log = (line: string) => this.logger.debug(line);
    this.pool ??= new LedgerPool({ connectionString: this.server.url, max: CONNECTIONS, log });
    const { pool } = this;
    return {
      async query({ name, text, values }) {
        const rows = await pool.query<{ expire?: bigint }>(name, text, values);
        return { rows: rows.map((row) => ({ ...row, expire: Number(row.expire) })) };
      },
    };
  }
}
