import type { INestApplicationContext } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { RemoteConnections } from '../../src/media/remote/remote-connections.js';
import { startTestApp, startTestWorker, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { pngOf } from '../support/images.js';
import { readLedger } from '../support/ledger-audit.js';
import { file, redirect, startRemoteSite, type RemoteSite } from '../support/remote-site.js';
import { makeDataFolder, type TestFolder } from '../support/test-folders.js';
import { makeClip } from '../support/video-clips.js';
import { says, SMALL, WorkflowClient } from '../support/workflow-client.js';

const IMAGE = 'https://files.example/cat.png';
const VIDEO = 'https://files.example/cat.mp4';

let site: RemoteSite;
let folder: TestFolder;
let gateway: TestApp;
let worker: INestApplicationContext;
let database: Client;

beforeAll(async () => {
  folder = await makeDataFolder();
  const variables = { DATA_DIR: folder.path, SIGNUP_CREDITS: '100000' };
  gateway = await startTestApp(variables);
  worker = await startTestWorker(gateway, variables);
  database = new Client({ connectionString: gateway.databaseUrl });
  await database.connect();
  site = await startRemoteSite();
  site.paths.set('/cat.png', file(Buffer.from(pngOf(1280, 720), 'base64')));
  site.paths.set('/odd.png', file(Buffer.from(pngOf(1000, 500), 'base64')));
  site.paths.set('/cat.mp4', file(await makeClip({ width: 1280, height: 720, seconds: 4 })));
  site.paths.set('/page.html', file('<html>'));
  site.paths.set('/inwards', redirect('https://169.254.169.254/latest/meta-data'));
}, 60_000);
afterAll(async () => {
  await database.end();
  await worker.close();
  await gateway.close();
  await site.close();
  await folder.remove();
});

function newUser() {
  const userId = `u-${randomUUID()}`;
  return { userId, client: new WorkflowClient(gateway.url, gateway.token(userId)) };
}

/** Has the gateway find the site where the internet is. */
async function online<T>(work: () => Promise<T>): Promise<T> {
  const connections = gateway.app.get(RemoteConnections, { strict: false });
  const { connect } = connections;
  connections.connect = site.connect;
  try {
    return await work();
  } finally {
    connections.connect = connect;
  }
}

const videosOf = async (userId: string) =>
  (
    await database.query<{
      id: string;
      prompt: string;
      input: { key: string; width: number } | null;
      is_ready: boolean;
    }>('SELECT id, prompt, input, is_ready FROM video.video WHERE user_id = $1', [userId])
  ).rows;

const keptInputs = async () => {
  const names = await readdir(join(folder.path, 'media'), { recursive: true }).catch(() => []);
  return names.filter((name) => name.includes('input-'));
};

const jobOf = (prompt: string) => gateway.simulator.videoJobs().find((job) => job.prompt === prompt);

describe('a workflow from an image', () => {
  it('fetches the image, keeps it, and has the video begin with it', async () => {
    const { userId, client } = newUser();
    const prompt = `A cat that walks ${randomUUID()}`;
    const { status, body } = await online(() =>
      client.begin({ workflow: 'image-to-video', input: { text: `walks ${says({ prompt })}`, imageUrl: IMAGE } }),
    );
    expect([status, body]).toMatchObject([200, { enhancedPrompt: prompt, enhancement: { used: true } }]);
    const [video] = await videosOf(userId);
    expect(video?.input).toMatchObject({ width: 1280, height: 720, mediaType: 'image/png' });
    await eventually(() =>
      expect(jobOf(prompt)).toMatchObject({ operation: 'create', input: { mediaType: 'image/png' } }),
    );
  });

  it('asks no text model where there is no text', async () => {
    const { userId, client } = newUser();
    const { status, body } = await online(() =>
      client.begin({ workflow: 'image-to-video', input: { imageUrl: IMAGE } }),
    );
    expect([status, body]).toMatchObject([
      200,
      { enhancedPrompt: expect.stringMatching(/\w/), enhancement: { used: false, reason: 'not_needed' } },
    ]);
    expect(await videosOf(userId)).toMatchObject([{ is_ready: true }]);
  });

  it('says which sizes there are where the image has none of them', async () => {
    const alone = await startTestApp({ RUNWAYML_API_SECRET: undefined, DATA_DIR: folder.path });
    try {
      alone.app.get(RemoteConnections, { strict: false }).connect = site.connect;
      const client = new WorkflowClient(alone.url, alone.token('odd'));
      const input = { text: 'a cat', imageUrl: 'https://files.example/odd.png' };
      const { status, body } = await client.begin({ workflow: 'image-to-video', input });
      expect([status, body.error]).toMatchObject([422, { code: 'UNSUPPORTED_VIDEO' }]);
      expect(body.error?.details?.fields).toMatchObject([{ message: expect.stringContaining('1280x720') }]);
    } finally {
      await alone.close();
    }
  });

  it('keeps nothing of what is refused, nor of a repeat', async () => {
    const { userId, client } = newUser();
    const before = (await keptInputs()).length;
    const dear = { workflow: 'image-to-video', input: { text: 'a', imageUrl: IMAGE }, parameters: SMALL };
    await database.query(`SELECT * FROM ledger.grant_credits($1, '{signup}', '{1000000}', '{"{}"}')`, [
      [`user:${userId}`],
    ]);
    expect((await online(() => client.begin(dear))).status).toBe(402);
    expect(await keptInputs()).toHaveLength(before);
    const rich = newUser();
    const body = { ...dear, sessionId: 's' };
    const answers = await online(() => Promise.all([1, 2, 3].map(() => rich.client.begin(body, 'key'))));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(await videosOf(rich.userId)).toHaveLength(1);
    expect(await keptInputs()).toHaveLength(before + 1);
    expect((await rich.client.begin(body, 'key')).body.videoId).toBe(answers[0]!.body.videoId); // its link is not followed again
  });
});

describe('a workflow that enhances a video', () => {
  it.each([
    ['restyle', { text: 'as a watercolour' }, 'edit'],
    ['extend', { text: 'and then it sleeps' }, 'extend'],
  ])('%s: with a prompt', async (enhancementType, input, operation) => {
    const { client } = newUser();
    const prompt = `A prompt of ${randomUUID()}`;
    const { status, body } = await online(() =>
      client.begin({
        workflow: 'video-enhancement',
        input: { text: `${input.text} ${says({ prompt })}`, videoUrl: VIDEO },
        parameters: { enhancementType },
      }),
    );
    expect([status, body]).toMatchObject([200, { enhancedPrompt: prompt, enhancement: { used: true } }]);
    await eventually(() => expect(jobOf(prompt)).toMatchObject({ operation, input: { mediaType: 'video/mp4' } }));
  });

  it('upscale: without one, at once', async () => {
    const { userId, client } = newUser();
    const { status, body } = await online(() =>
      client.begin({
        workflow: 'video-enhancement',
        input: { text: 'larger', videoUrl: VIDEO },
        parameters: { enhancementType: 'upscale' },
      }),
    );
    expect([status, body]).toMatchObject([
      200,
      {
        enhancedPrompt: '',
        enhancement: { used: false, reason: 'not_needed' },
        warnings: ['input.text makes no difference to an upscale.'],
      },
    ]);
    expect(await videosOf(userId)).toMatchObject([{ is_ready: true, prompt: '' }]);
    await eventually(() => expect(gateway.simulator.videoJobs().map((job) => job.operation)).toContain('upscale'));
  });
});

describe('an input that is not to be fetched', () => {
  it.each([
    ['http://example.com/a.png'],
    ['https://127.0.0.1/a.png'],
    ['https://[::ffff:10.0.0.1]/a.png'],
    ['https://169.254.169.254/latest/meta-data'],
    ['https://localhost/a.png'],
    ['file:///etc/passwd'],
    ['not a URL'],
  ])('is refused by the name of its field: %s', async (url) => {
    const { userId, client } = newUser();
    const image = await client.begin({ workflow: 'image-to-video', input: { text: 'a', imageUrl: url } });
    const video = await client.begin({
      workflow: 'video-enhancement',
      input: { text: 'a', videoUrl: url },
      parameters: { enhancementType: 'restyle' },
    });
    const fields = [image, video].map(({ status, body }) => [status, body.error?.details?.fields?.[0]?.field]);
    expect(fields).toEqual([
      [400, 'input.imageUrl'],
      [400, 'input.videoUrl'],
    ]);
    expect(await videosOf(userId)).toEqual([]);
    expect((await readLedger(gateway.databaseUrl, userId)).held).toBe(0n);
  });

  it.each(['/page.html', '/inwards', '/missing'])('is refused where it leads to something else: %s', async (path) => {
    const { client } = newUser();
    const input = { text: 'a', imageUrl: `https://files.example${path}` };
    const { status, body } = await online(() => client.begin({ workflow: 'image-to-video', input }));
    expect([status, body.error?.details?.fields?.[0]?.field]).toEqual([400, 'input.imageUrl']);
    expect(body.error?.message).not.toContain('169.254');
  });
});
