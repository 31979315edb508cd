import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from '../app.module.js';
import { describeApi } from '../application.js';
import { parseEnvironment } from '../config/environment.js';

/**
 * The OpenAPI document as text. Nothing is started for it, no database and no provider: Nest only reads the modules.
 * It doesn't depend on the environment.
 */
export async function describeApplication(): Promise<string> {
  const module = AppModule.forRoot(parseEnvironment({}));
  const app = await NestFactory.create<NestExpressApplication>(module, { preview: true, logger: false });
  return `${JSON.stringify(describeApi(app), null, 2)}\n`;
}
