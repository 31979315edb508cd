import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { PinoLogger } from './common/logging/pino-logger.js';
import type { Environment } from './config/environment.js';
import { GatewayConfigError } from './config/gateway-config/read-gateway-config.js';
import { explainStartFailure } from './database/start-failure.js';
import { endOnSignal } from './end-on-signal.js';
import { gatewayRunsJobs } from './queue/job-placement.js';
import { WorkerModule } from './worker.module.js';

/** EX_CONFIG of sysexits.h. */
const BAD_CONFIGURATION = 78;

/** Works until SIGTERM or SIGINT; ends the process with a clear message where it can't start. */
export async function work(environment: Environment): Promise<void> {
  if (gatewayRunsJobs(environment)) {
    process.stderr.write(
      'DATABASE_URL is missing; without it the gateway is the only process and runs the jobs itself.\n',
    );
    process.exit(BAD_CONFIGURATION);
  }
  try {
    const app = await NestFactory.createApplicationContext(WorkerModule.forRoot(environment), {
      logger: new PinoLogger(environment.logLevel),
      abortOnError: false,
    });
    endOnSignal(app, 'no new job; the one that runs may finish');
    new Logger('Worker').log('The worker is ready');
  } catch (error) {
    process.stderr.write(`The worker can't start: ${explainStartFailure(error, true)}\n`);
    process.exit(error instanceof GatewayConfigError ? BAD_CONFIGURATION : 1);
  }
}
