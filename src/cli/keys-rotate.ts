import { Module, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { parseArgs } from 'node:util';
import { ConfigModule } from '../config/config.module.js';
import { loadEnvironment } from '../config/env.js';
import type { Environment } from '../config/environment.js';
import { DatabaseModule } from '../database/database.module.js';
import { KeyRotationModule } from '../privacy/rotation/key-rotation.module.js';
import { KeyRotation } from '../privacy/rotation/key-rotation.service.js';
import { describeRotation } from '../privacy/rotation/describe-rotation.js';
import { DatabaseServer } from '../database/database-server.js';
import { QueueModule } from '../queue/queue.module.js';
import { operatorAct } from './operator-act.js';
import { runCommand } from './run-command.js';

const USAGE = `npm run keys:rotate      keeps what is kept of users' texts under the first of ENCRYPTION_KEYS`;

@Module({})
class RotationApplication {
  static forRoot(environment: Environment): DynamicModule {
    const imports = [ConfigModule.forRoot(environment), DatabaseModule.forRoot(), QueueModule.forRoot()];
    return { module: RotationApplication, imports: [...imports, KeyRotationModule] };
  }
}

/** `npm run keys:rotate`: with the environment of the gateway, which may run meanwhile; exits 1 where a text can't be read. */
async function main(): Promise<void> {
  parseArgs({ options: {} });
  const environment = loadEnvironment();
  const application = await NestFactory.createApplicationContext(RotationApplication.forRoot(environment), {
    logger: ['error', 'fatal'],
    abortOnError: false,
  });
  try {
    const { url } = application.get(DatabaseServer);
    const report = await operatorAct(url, { action: 'admin.keys.rotate' }, () => application.get(KeyRotation).run());
    process.stdout.write(`${describeRotation(report, environment.encryption)}\n`);
    process.exitCode = report.kinds.some(({ unreadable }) => unreadable > 0) ? 1 : 0;
  } finally {
    await application.close();
  }
}

await runCommand(USAGE, main);
