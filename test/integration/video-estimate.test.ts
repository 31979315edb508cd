import { randomUUID } from 'node:crypto';
import { AccountsService } from '../../src/billing/accounts/accounts.service.js';
import type { VideoEstimateResponse } from '../../src/video/estimate/video-estimate.dto.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { readLedger } from '../support/ledger-audit.js';
import { RestClient } from '../support/rest-client.js';
import { SMALL } from '../support/workflow-client.js';

let gateway: TestApp;
beforeAll(async () => {
  gateway = await startTestApp({ SIGNUP_CREDITS: '30000' });
});
afterAll(() => gateway.close());

const PATH = '/api/mcp/estimate/video';
const CAT = { workflow: 'text-to-video', input: { text: 'A cat' } };
const rest = (user = `u-${randomUUID()}`, roles?: string[]) => new RestClient(gateway.url, gateway.token(user, roles));

async function estimate(body: object, user?: string): Promise<VideoEstimateResponse> {
  const answer = await rest(user).post<VideoEstimateResponse>(PATH, body);
  if (answer.status !== 200) throw new Error(`${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

describe('the estimate of a video', () => {
  it('says what becomes of what is left out, who would make it and what that would hold', async () => {
    expect(await estimate(CAT)).toEqual({
      operation: 'text-to-video',
      provider: 'sora',
      model: 'sora-2-pro',
      seconds: 20,
      resolution: '1080p',
      aspectRatio: '16:9',
      width: 1920,
      height: 1080,
      substitutions: [{ field: 'duration', wanted: '30', chosen: '20' }],
      usdPerSecond: '0.70',
      creditsPerSecond: '1400',
      expected: 28_000,
      holdAtMost: 28_000,
      standIns: [],
      isEnhanced: true,
      estimatedTime: 350,
      available: 30_000,
      isAccepted: true,
      reasons: [],
    });
  });

  it('is what the order then holds, stand-ins included', async () => {
    const userId = `u-${randomUUID()}`;
    const told = await estimate({ ...CAT, parameters: { duration: 8, resolution: '720p' } }, userId);
    expect(told).toMatchObject({ provider: 'sora', model: 'sora-2', expected: 1_600, holdAtMost: 1_920 });
    expect(told.standIns).toEqual([{ provider: 'runway', model: 'gen4.5', credits: 1_920 }]);
    const order = { prompt: 'A cat', duration: 8, resolution: '720p' };
    const { body } = await rest(userId).post('/api/mcp/sora2/generate', order); // no worker: it waits
    expect(body).toMatchObject({ creditsUsed: 1_600, creditsHeld: 1_920, estimatedTime: told.estimatedTime });
    expect((await readLedger(gateway.databaseUrl, userId)).held).toBe(1_920_000_000n);
    expect(await estimate(CAT, userId)).toMatchObject({ available: 28_080, isAccepted: true });
  });

  it('holds, stores and sends nothing, and gives a new user nothing either', async () => {
    const userId = `u-${randomUUID()}`;
    const before = gateway.simulator.stats().requests;
    await estimate({ ...CAT, parameters: SMALL }, userId);
    const accounts = gateway.app.get(AccountsService, { strict: false });
    expect(await accounts.find(userId)).toBeUndefined();
    expect(await readLedger(gateway.databaseUrl, userId)).toMatchObject({ pendingHolds: 0, charges: 0 });
    expect(gateway.simulator.stats().requests).toBe(before);
    expect(gateway.simulator.videoJobs()).toEqual([]);
  });

  it('fetches no input; how large it is may be said', async () => {
    const body = { workflow: 'video-enhancement', input: { videoUrl: 'https://nowhere.invalid/x.mp4' } };
    const upscale = { ...body, parameters: { enhancementType: 'upscale' } };
    const told = await estimate({ ...upscale, inputSize: { width: 720, height: 1280, seconds: 6.4 } });
    expect(told).toMatchObject({ provider: 'runway', seconds: 6, width: 2160, height: 3840, isEnhanced: false });
    expect(told.expected).toBe(192 * 24);
    const quick = await estimate({
      ...upscale,
      inputSize: { width: 720, height: 1280, seconds: 6, framesPerSecond: 240 },
    });
    expect(quick.expected).toBe(6 * 240 * 24);
    const extend = { ...body, parameters: { enhancementType: 'extend', duration: 8 } };
    expect(await estimate(extend)).toMatchObject({ provider: 'sora', operation: 'extend', seconds: 8 });
    const image = { workflow: 'image-to-video', input: { imageUrl: 'https://nowhere.invalid/x.png' } };
    const told2 = await estimate({ ...image, parameters: SMALL, inputSize: { width: 720, height: 1280 } });
    expect(told2).toMatchObject({ provider: 'sora', aspectRatio: '9:16', width: 720, isEnhanced: false });
  });

  it('says that the balance does not cover it', async () => {
    const userId = `u-${randomUUID()}`;
    const dear = { ...CAT, parameters: { duration: 10, resolution: '4K' } };
    const told = await estimate(dear, userId);
    expect(told).toMatchObject({ provider: 'runway', model: 'seedance2', expected: 30_000, isAccepted: true });
    const longer = await estimate({ ...CAT, parameters: { duration: 11, resolution: '4K' } }, userId);
    expect(longer).toMatchObject({ holdAtMost: 33_000, isAccepted: false, reasons: ['insufficient_credits'] });
  });

  it.each([
    ['what the workflow refuses', { workflow: 'text-to-video', input: {} }, 400, 'VALIDATION_ERROR', 'input.text'],
    ['a size of nothing', { ...CAT, inputSize: { width: 0, height: 1 } }, 400, 'VALIDATION_ERROR', 'width'],
    ['what nobody makes', { ...CAT, parameters: { duration: 60 } }, 422, 'UNSUPPORTED_VIDEO', 'duration'],
  ])('refuses %s, as the workflow does', async (_, body, status, code, field) => {
    const answer = await rest().post<{ error: { code: string; message: string } }>(PATH, body);
    expect([answer.status, answer.body.error.code]).toEqual([status, code]);
    expect(JSON.stringify(answer.body)).toContain(field);
  });

  it('is for those who may order videos', async () => {
    const answer = await rest('nobody', ['guest']).post(PATH, CAT);
    expect(answer.status).toBe(403);
  });
});
