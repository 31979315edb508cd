import type { INestApplicationContext } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { RemoteConnections } from '../../src/media/remote/remote-connections.js';
import { startTestApp, startTestWorker, type TestApp } from '../support/app.js';
import { readLedger } from '../support/ledger-audit.js';
import { file, startRemoteSite, type RemoteSite } from '../support/remote-site.js';
import { RestClient } from '../support/rest-client.js';
import { makeDataFolder, type TestFolder } from '../support/test-folders.js';
import { makeClip } from '../support/video-clips.js';
import { videoEnd } from '../support/videos.js';
import { WorkflowClient } from '../support/workflow-client.js';

const CREDITS_PER_FRAME = 24;

let site: RemoteSite;
let folder: TestFolder;
let gateway: TestApp;
let worker: INestApplicationContext;
beforeAll(async () => {
  [site, folder] = await Promise.all([startRemoteSite(), makeDataFolder()]);
  const variables = { DATA_DIR: folder.path, SIGNUP_CREDITS: '100000' };
  gateway = await startTestApp(variables);
  worker = await startTestWorker(gateway, variables);
  gateway.app.get(RemoteConnections, { strict: false }).connect = site.connect;
}, 60_000);
afterAll(async () => {
  await worker.close();
  await gateway.close();
  await site.close();
  await folder.remove();
});

async function upscale(clip: Buffer) {
  const userId = `u-${randomUUID()}`;
  const path = `/${userId}.mp4`;
  site.paths.set(path, file(clip));
  const { status, body } = await new WorkflowClient(gateway.url, gateway.token(userId)).begin({
    ...{ workflow: 'video-enhancement', parameters: { enhancementType: 'upscale' } },
    input: { videoUrl: `https://files.example${path}` },
  });
  return { status, body, userId, rest: new RestClient(gateway.url, gateway.token(userId)) };
}

describe('an upscale', () => {
  it.each([24, 30, 60])(
    'of %i frames a second is held and charged by its frames, as its provider bills it',
    async (fps) => {
      const clip = await makeClip({ width: 640, height: 480, seconds: 2, framesPerSecond: fps });
      const frames = 2 * fps;
      const cost = frames * CREDITS_PER_FRAME;
      const { body, userId, rest } = await upscale(clip);
      expect(body).toMatchObject({ creditsUsed: cost });
      const end = await videoEnd(rest, body.videoId);
      expect(end).toMatchObject({ status: 'completed', creditsUsed: cost, resolution: '4K', aspectRatio: '4:3' });
      expect(await readLedger(gateway.databaseUrl, userId)).toMatchObject({
        ...{ charged: BigInt(cost) * 1_000_000n, charges: 1, held: 0n },
      });
      const receipt = (await rest.get(`/api/mcp/requests/${body.videoId}`)).body;
      expect(receipt).toMatchObject({
        ...{ hold: cost, charge: cost, price: { usdPerFrame: 0.012, creditsPerFrame: CREDITS_PER_FRAME } },
        video: {
          seconds: 2,
          frames,
          aspectRatio: '4:3',
          providerCostUsd: (frames * 12) / 1_000,
          providerCostSource: 'provider',
        },
      });
      const details = (await rest.get(`/api/mcp/videos/${body.videoId}`)).body;
      expect(details).toMatchObject({ input: { frames, seconds: 2 }, cost: { creditsPerFrame: CREDITS_PER_FRAME } });
    },
  );

  it('whose frames can not be counted is refused by the name of its field', async () => {
    const clip = Buffer.from(await makeClip());
    clip.writeUInt32BE(0xffff_ffff, clip.indexOf('stsz') + 4 + 8);
    const { status, body, userId } = await upscale(clip);
    expect([status, body.error]).toMatchObject([
      400,
      {
        code: 'VALIDATION_ERROR',
        details: {
          fields: [
            { field: 'input.videoUrl', message: expect.stringContaining('its pictures can not be counted') as string },
          ],
        },
      },
    ]);
    expect(await readLedger(gateway.databaseUrl, userId)).toMatchObject({ held: 0n, pendingHolds: 0 });
  });
});
