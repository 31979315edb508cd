import { Module } from '@nestjs/common';
import { QueueSchema } from './queue-schema.service.js';

/** BullMQ's own tables: of the jobs, and of the messages between processes. */
@Module({ providers: [QueueSchema], exports: [QueueSchema] })
export class QueueSchemaModule {}
