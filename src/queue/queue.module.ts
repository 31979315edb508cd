import { BullModule } from '@nestjs/bullmq';
import { Module, type DynamicModule } from '@nestjs/common';
import type { QueueOptions } from 'bullmq';
import { ENVIRONMENT } from '../config/config.module.js';
import type { Environment } from '../config/environment.js';
import { DatabaseServer } from '../database/database-server.js';
import { chooseConnection, QUEUE_PREFIX } from './queue-connection.js';
import { GatewayFlowProducer, GatewayQueue, GatewayWorker } from './queue-classes.js';
import type { QueueName } from './queue-jobs.js';
import { QueueSchemaModule } from './queue-schema.module.js';
import { QueueSchema } from './queue-schema.service.js';

/** What Nest's module makes its queues and workers of. */
BullModule.queueClass = GatewayQueue;
BullModule.workerClass = GatewayWorker;
BullModule.flowProducerClass = GatewayFlowProducer;

const DAY_SECONDS = 24 * 3_600;

const JOB_DEFAULTS = {
  attempts: 3,
  backoff: { type: 'exponential', delay: 1_000 },
  removeOnComplete: { age: DAY_SECONDS, count: 1_000 },
  removeOnFail: { age: 7 * DAY_SECONDS, count: 5_000 },
} satisfies QueueOptions['defaultJobOptions'];

async function queueOptions(
  environment: Environment,
  server: DatabaseServer,
  schema: QueueSchema,
): Promise<QueueOptions> {
  const connection = chooseConnection(environment, server.url);
  if (connection.kind === 'postgres') await schema.migrate();
  return {
    connection: connection as unknown as QueueOptions['connection'],
    prefix: QUEUE_PREFIX,
    defaultJobOptions: JOB_DEFAULTS,
  };
}

/** Jobs that survive whoever asked for them: on PostgreSQL, or on Redis where REDIS_URL is set. */
@Module({})
export class QueueModule {
  /** Once per application, after DatabaseModule. */
  static forRoot(): DynamicModule {
    const bullModule = BullModule.forRootAsync({
      imports: [QueueSchemaModule],
      inject: [ENVIRONMENT, DatabaseServer, QueueSchema],
      useFactory: queueOptions,
    });
    return { module: QueueModule, imports: [bullModule] };
  }

  /** For the module that enqueues or processes jobs of these queues: `@InjectQueue(name)` works there. */
  static register(...names: QueueName[]): DynamicModule {
    const queues = BullModule.registerQueue(...names.map((name) => ({ name })));
    return { module: QueueModule, imports: [queues], exports: [queues] };
  }

  /** For the module that enqueues flows, jobs that wait for others: `@InjectFlowProducer(name)` works there. */
  static registerFlows(name: string): DynamicModule {
    const flows = BullModule.registerFlowProducer({ name });
    return { module: QueueModule, imports: [flows], exports: [flows] };
  }
}
