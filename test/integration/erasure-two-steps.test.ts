import { randomUUID } from 'node:crypto';
import type { ErasureResponse } from '../../src/admin/erasure.dto.js';
import { eventually } from '../support/eventually.js';
import { RestClient } from '../support/rest-client.js';
import { tablesWith } from '../support/stored-texts.js';
import { TwoStepsGateway } from '../support/two-steps.js';

let gateway: TwoStepsGateway;

beforeEach(async () => {
  gateway = await TwoStepsGateway.start();
});
afterEach(() => gateway.close());

/** Until nothing is left to be stopped. */
async function erase(userId: string): Promise<void> {
  const admin = new RestClient(gateway.app.url, gateway.app.token('root', ['admin']));
  await eventually(async () => {
    const { body } = await admin.ask<ErasureResponse>('DELETE', `/api/mcp/admin/users/${userId}/data`);
    expect(body).toMatchObject({ status: 'done', remaining: { videos: 0 } });
  }, 60_000);
}

async function expectNothingOf(secret: string): Promise<void> {
  expect(await tablesWith(gateway.database, secret)).toEqual([]);
  await eventually(async () => expect(await gateway.files()).toEqual([]));
}

test('an erasure in the second step of a video stops it, and leaves neither its texts nor the first file', async () => {
  gateway.app.simulator.setVideoFault({ wire: 'runway', stage: 'create', fault: '429' });
  await gateway.work();
  const secret = `secret-${randomUUID()}`;
  const { userId, body, videos } = await gateway.begin(secret);
  await gateway.inStep(2, body.videoId, 'queued');
  expect((await gateway.files()).length).toBeGreaterThan(0);
  expect(await tablesWith(gateway.database, secret)).toContain('video.video');

  await erase(userId);
  await expectNothingOf(secret);
  expect(await videos.status(body.videoId)).toMatchObject({ status: 'failed', error: { code: 'CANCELLED' } });
  expect(await gateway.ledgerOf(userId)).toEqual({ credits: 0, held: 0, charges: 0, faults: [] });
}, 120_000);

test('an erasure of one that is done leaves the charge, and nothing that was made', async () => {
  await gateway.work();
  const secret = `secret-${randomUUID()}`;
  const { userId, body, videos } = await gateway.begin(secret);
  expect(await videos.ended(body.videoId, 90_000)).toMatchObject({ status: 'completed' });
  const before = await gateway.ledgerOf(userId);
  expect(before).toMatchObject({ charges: 1, faults: [] });

  await erase(userId);
  await expectNothingOf(secret);
  expect(await gateway.ledgerOf(userId)).toEqual(before);
}, 150_000);
