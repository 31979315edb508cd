import { join } from 'node:path';
import { Test } from '@nestjs/testing';
import { ConfigModule } from '../../src/config/config.module.js';
import { parseEnvironment } from '../../src/config/environment.js';
import { DatabaseModule } from '../../src/database/database.module.js';
import { findPostmaster } from '../../src/database/embedded/postmaster.js';
import { LedgerAudit } from '../../src/maintenance/ledger-audit.service.js';
import { MaintenanceModule } from '../../src/maintenance/maintenance.module.js';
import { gatewayRunsJobs } from '../../src/queue/job-placement.js';
import { QueueModule } from '../../src/queue/queue.module.js';
import { eventually } from '../support/eventually.js';
import { makeDataFolder } from '../support/test-folders.js';
import { SHARED_SECRETS } from '../support/tokens.js';

describe('one process with the embedded database', () => {
  it('runs the jobs itself, and stops the server after the last of them', async () => {
    const folder = await makeDataFolder();
    const environment = parseEnvironment({ DATA_DIR: folder.path });
    expect(gatewayRunsJobs(environment)).toBe(true);
    const problems: string[] = [];
    const logger = {
      log() {},
      warn: (line: string) => problems.push(line),
      error: (line: string) => problems.push(line),
    };
    const imports = [
      ConfigModule.forRoot(environment),
      DatabaseModule.forRoot(),
      QueueModule.forRoot(),
      MaintenanceModule,
    ];
    const app = await Test.createTestingModule({ imports }).setLogger(logger).compile();
    await app.init();
    await eventually(() => expect(app.get(LedgerAudit, { strict: false }).lastReports.new).toBeDefined());
    await app.close();
    expect(await findPostmaster(join(folder.path, 'postgres', 'cluster'))).toBeUndefined();
    expect(problems).toEqual([]);
    await folder.remove();
  });

  it('is not what an installation with a database of its own is', () => {
    expect(gatewayRunsJobs(parseEnvironment({ ...SHARED_SECRETS, DATABASE_URL: 'postgresql://db/x' }))).toBe(false);
  });
});
