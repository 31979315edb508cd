import type { INestApplicationContext } from '@nestjs/common';
import { startTestApp, startTestWorker, type TestApp, type TestVariables } from './app.js';
import { makeDataFolder } from './test-folders.js';

/** A gateway that takes orders for videos, and the workers that bring them on. */
export interface VideoApp extends TestApp {
  workers: readonly INestApplicationContext[];
}

/** Starts both, on a folder for files of their own unless DATA_DIR is given. */
export async function startVideoApp(variables: TestVariables = {}, workerCount = 1): Promise<VideoApp> {
  const folder = variables.DATA_DIR === undefined ? await makeDataFolder() : undefined;
  const all = { ...variables, DATA_DIR: variables.DATA_DIR ?? folder!.path };
  const app = await startTestApp(all);
  const workers = await Promise.all(Array.from({ length: workerCount }, () => startTestWorker(app, all)));
  const close = async () => {
    await Promise.all(workers.map((worker) => worker.close()));
    await app.close();
    await folder?.remove();
  };
  return { ...app, workers, close };
}
