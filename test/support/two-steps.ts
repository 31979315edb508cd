import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import type { INestApplicationContext } from '@nestjs/common';
import { Client } from 'pg';
import { startTestApp, startTestWorker, type TestApp, type TestVariables } from './app.js';
import { ConfigFile } from './config-file.js';
import { eventually } from './eventually.js';
import { readLedger } from './ledger-audit.js';
import { makeDataFolder, type TestFolder } from './test-folders.js';
import { VideoClient } from './video-client.js';
import { WorkflowClient, type WorkflowBody } from './workflow-client.js';

const CREDIT = 1_000_000n;
/** In credits: 4 s of sora-2-pro at 1080p, $0.70 a second. */
export const GENERATED = 5_600;
/** The simulator's files have 10 frames a second; each costs $0.012 at Runway's upscaler. */
export const FRAMES = 40;
export const ENLARGED = FRAMES * 24;
export const BOTH = GENERATED + ENLARGED;
/** 4.5 s of 30 frames a second. */
export const MOST_FRAMES = 135;
export const HELD = GENERATED + MOST_FRAMES * 24;

/** Runway makes nothing here but larger videos of others. */
const UPSCALER_ALONE = `
videos: { providers: { runway: { models: { magnific_video_upscaler_creative: {} } } } }`;

/** A gateway where a video of 4K takes two steps, without a worker. */
export class TwoStepsGateway {
  private readonly workers: INestApplicationContext[] = [];

  private constructor(
    readonly app: TestApp,
    readonly database: Client,
    readonly variables: TestVariables,
    private readonly file: ConfigFile,
    private readonly folder: TestFolder,
  ) {}

  static async start(): Promise<TwoStepsGateway> {
    const file = new ConfigFile(UPSCALER_ALONE);
    const folder = await makeDataFolder();
    // No model enhances the prompt: it would cost something, and only when it came in time.
    const variables = { GATEWAY_CONFIG: file.path, DATA_DIR: folder.path, VIDEO_ENHANCE_MODEL: 'none' };
    const app = await startTestApp(variables);
    const database = new Client({ connectionString: app.databaseUrl });
    await database.connect();
    return new TwoStepsGateway(app, database, variables, file, folder);
  }

  async close(): Promise<void> {
    await this.rest();
    await this.database.end();
    await this.app.close();
    this.file.remove();
    await this.folder.remove();
  }

  async work(): Promise<INestApplicationContext> {
    const worker = await startTestWorker(this.app, this.variables);
    this.workers.push(worker);
    return worker;
  }

  /** No worker works any more. */
  async rest(): Promise<void> {
    await Promise.all(this.workers.splice(0).map((worker) => worker.close()));
  }

  /** A workflow of a new user: 4 seconds at 4K. @throws Error where it is refused */
  async begin(text = 'a cat') {
    const userId = `u-${randomUUID()}`;
    const client = new WorkflowClient(this.app.url, this.app.token(userId));
    const { status, body } = await client.text(text, { parameters: { duration: 4, resolution: '4K' } });
    if (status !== 200) throw new Error(`refused with ${status}: ${JSON.stringify(body)}`);
    return { userId, body, client, videos: new VideoClient(this.app, userId) };
  }

  /** When the video is in one of these states of its second step, or of its first one. */
  async inStep(step: 1 | 2, videoId: string, ...states: string[]): Promise<void> {
    await eventually(async () => {
      const { rows } = await this.database.query<{ state: string; is_second: boolean }>(
        `SELECT state, plan ? 'before' AS is_second FROM video.video WHERE id = $1`,
        [videoId],
      );
      const { state, is_second: isSecond } = rows[0]!;
      if (isSecond !== (step === 2) || !states.includes(state))
        throw new Error(`the video is ${state} in its ${isSecond ? 'second' : 'first'} step`);
    }, 150_000); // what a dead process held is noticed after a while
  }

  async ledgerOf(userId: string) {
    const { charged, held, charges, faults } = await readLedger(this.app.databaseUrl, userId);
    return { credits: Number(charged / CREDIT), held: Number(held / CREDIT), charges, faults };
  }

  /** Videos and pictures that are kept. */
  async files(): Promise<string[]> {
    const all = await readdir(this.folder.path, { recursive: true });
    return all.filter((name) => /\.(mp4|webp|jpe?g|png)$/.test(name));
  }

  /** What providers were asked to make. */
  jobs(): string[] {
    return this.app.simulator.videoJobs().map(({ wire, operation }) => `${wire} ${operation}`);
  }
}

/** Those that make the video. */
export async function videoSteps(client: WorkflowClient, { workflowId }: WorkflowBody) {
  return (await client.status(workflowId)).body.steps.slice(1);
}
