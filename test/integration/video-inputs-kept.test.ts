import type { INestApplicationContext } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { readdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { ErasureResponse } from '../../src/admin/erasure.dto.js';
import { MediaStore } from '../../src/media/media-store.js';
import { RemoteConnections } from '../../src/media/remote/remote-connections.js';
import { InputKeys } from '../../src/video/life/input-keys.js';
import { StrayInputs } from '../../src/video/recovery/stray-inputs.service.js';
import { UnusedInputs } from '../../src/video/unused-inputs.service.js';
import { WorkflowInputs } from '../../src/video/workflow/workflow-inputs.service.js';
import { startTestApp, startTestWorker, type TestApp, type TestVariables } from '../support/app.js';
import { pngOf } from '../support/images.js';
import { readLedger } from '../support/ledger-audit.js';
import { RestClient } from '../support/rest-client.js';
import { file, startRemoteSite, type RemoteSite } from '../support/remote-site.js';
import { startS3Server, type S3Server } from '../support/s3-server.js';
import { makeDataFolder, type TestFolder } from '../support/test-folders.js';
import { WorkflowClient } from '../support/workflow-client.js';

const HOUR_MS = 3_600_000;
const REQUEST = { workflow: 'image-to-video', input: { imageUrl: 'https://files.example/cat.png' } };

let site: RemoteSite;
let folder: TestFolder;
let s3: S3Server;
beforeAll(async () => {
  [site, folder, s3] = await Promise.all([startRemoteSite(), makeDataFolder(), startS3Server()]);
  site.paths.set('/cat.png', file(Buffer.from(pngOf(1280, 720), 'base64')));
});
afterAll(async () => {
  await Promise.all([site.close(), s3.close()]);
  await folder.remove();
});

interface Place {
  variables: () => TestVariables;
  /** Keys of the inputs that lie there. */
  inputs(): Promise<string[]>;
  /** Makes all that lies there so old. */
  age(ms: number): Promise<void>;
}

const mediaFolder = () => join(folder.path, 'media');
const isInput = (name: string) => name.startsWith('input-');
const disk: Place = {
  variables: () => ({ DATA_DIR: folder.path }),
  inputs: async () => (await readdir(mediaFolder())).filter(isInput).sort(),
  age: async (ms) => {
    const then = new Date(Date.now() - ms);
    for (const name of await readdir(mediaFolder())) await utimes(join(mediaFolder(), name), then, then);
  },
};
const bucket: Place = {
  variables: () => ({
    ...{ DATA_DIR: folder.path, MEDIA_S3_BUCKET: s3.bucket, MEDIA_S3_ENDPOINT: s3.url },
    ...{ MEDIA_S3_ACCESS_KEY_ID: s3.key.accessKeyId, MEDIA_S3_SECRET_ACCESS_KEY: s3.key.secretAccessKey },
  }),
  inputs: () => Promise.resolve([...s3.objects.keys()].filter(isInput).sort()),
  age: (ms) => {
    for (const object of s3.objects.values()) object.modifiedAt = new Date(Date.now() - ms);
    return Promise.resolve();
  },
};

describe.each<[string, Place]>([
  ['the disk', disk],
  ['a bucket', bucket],
])('inputs on %s', (_, place) => {
  let gateway: TestApp;
  let worker: INestApplicationContext;
  beforeAll(async () => {
    gateway = await startTestApp(place.variables());
    worker = await startTestWorker(gateway, place.variables());
    gateway.app.get(RemoteConnections, { strict: false }).connect = site.connect;
  });
  afterAll(async () => {
    await worker.close();
    await gateway.close();
  });

  const put = (key: string) =>
    gateway.app
      .get(MediaStore, { strict: false })
      .put(Readable.from(['x']), { key, mediaType: 'image/png', maxBytes: 10 });
  const sweep = () => worker.get(StrayInputs, { strict: false }).sweep(HOUR_MS);

  it('that no video builds on go when they are old, and no others', async () => {
    const client = new WorkflowClient(gateway.url, gateway.token(`u-${randomUUID()}`));
    expect((await client.begin(REQUEST)).status).toBe(200);
    const [kept] = await place.inputs();
    for (let stray = 0; stray < 5; stray++) await put(`input-${randomUUID()}.png`);
    await put(`${randomUUID()}.1.png`);
    expect(await sweep()).toBe(0);
    expect(await place.inputs()).toHaveLength(6);
    await place.age(2 * HOUR_MS);
    const young = `input-${randomUUID()}.png`;
    await put(young);
    expect(await sweep()).toBe(5);
    expect(await place.inputs()).toEqual([kept!, young].sort());
    expect(await sweep()).toBe(0);
  });

  it('that a user left go with the erasure of that user, however new, and of nobody else', async () => {
    const [ann, bob] = [`u-${randomUUID()}`, `u-${randomUUID()}`];
    const keys = gateway.app.get(InputKeys, { strict: false });
    const others = new WorkflowClient(gateway.url, gateway.token(bob));
    expect((await others.begin(REQUEST)).status).toBe(200);
    const before = await place.inputs();
    const [left, othersLeft] = [keys.make(ann, 'image/png'), keys.make(bob, 'image/png')];
    for (const key of [left, othersLeft]) await put(key);
    const admin = new RestClient(gateway.url, gateway.token('root', ['admin']));
    const erase = () => admin.ask<ErasureResponse>('DELETE', `/api/mcp/admin/users/${ann}/data`);
    expect(await erase()).toMatchObject({ status: 200, body: { status: 'done', erased: { inputs: 1, videos: 0 } } });
    expect(await place.inputs()).toEqual([...before, othersLeft].sort());
    expect((await erase()).body.erased.inputs).toBe(0);
  });

  it('that a video builds on are kept under its user: an erasure that finds it at work lets it be', async () => {
    const userId = `u-${randomUUID()}`;
    const client = new WorkflowClient(gateway.url, gateway.token(userId));
    const before = await place.inputs();
    expect((await client.begin(REQUEST)).status).toBe(200);
    const [input] = (await place.inputs()).filter((key) => !before.includes(key));
    expect(input!.startsWith(gateway.app.get(InputKeys, { strict: false }).beginOf(userId))).toBe(true);
    expect(await gateway.app.get(UnusedInputs, { strict: false }).removeOf(userId)).toBe(0);
    expect(await place.inputs()).toContain(input);
  });
});

it('an input that can not be stored in time is refused, and nothing held', async () => {
  const gateway = await startTestApp(bucket.variables());
  try {
    gateway.app.get(RemoteConnections, { strict: false }).connect = site.connect;
    gateway.app.get(WorkflowInputs, { strict: false }).keepWithinMs = 500;
    const userId = `u-${randomUUID()}`;
    const client = new WorkflowClient(gateway.url, gateway.token(userId));
    s3.misbehave = ({ method }) => method === 'PUT'; // never answered
    const { status, body } = await client.begin(REQUEST);
    expect([status, body.error]).toMatchObject([503, { code: 'UNAVAILABLE', retryAfterMs: 5_000 }]);
    expect(await readLedger(gateway.databaseUrl, userId)).toMatchObject({ held: 0n, pendingHolds: 0 });
    s3.misbehave = (request, response) => {
      if (request.method !== 'PUT') return false;
      request.resume();
      response.writeHead(503).end();
      return true;
    };
    expect((await client.begin(REQUEST)).status).toBe(503);
    s3.misbehave = undefined;
    expect((await client.begin(REQUEST)).status).toBe(200);
  } finally {
    s3.misbehave = undefined;
    await gateway.close();
  }
});
