import { Injectable } from '@nestjs/common';
import { runMigrations, type PgQueryable } from 'bullmq';
import { DataSource } from 'typeorm';
import { withMigrationLock } from '../database/migrate.js';

/** BullMQ's own tables, in the schema `bullmq` of our database. */
@Injectable()
export class QueueSchema {
  constructor(private readonly dataSource: DataSource) {}

  /** Brings them up to date, one node at a time; does nothing where they are. */
  async migrate(): Promise<void> {
    await withMigrationLock(this.dataSource, async (queryRunner) => {
      const client = (await queryRunner.connect()) as PgQueryable;
      await runMigrations(client);
    });
  }
}
