import { RestClient } from '../support/rest-client.js';
import { startVideoApp, type VideoApp } from '../support/video-app.js';
import { inState, VideoClient } from '../support/video-client.js';
import { generate } from '../support/videos.js';

let app: VideoApp;
let admin: RestClient;
beforeAll(async () => {
  app = await startVideoApp({ SIGNUP_CREDITS: '100000' });
  admin = new RestClient(app.url, app.token('root', ['admin']));
}, 60_000);
afterAll(() => app?.close());

const account = (user: VideoClient) => `/api/mcp/admin/accounts/${user.userId}`;
const limited = async (): Promise<VideoClient> => {
  const user = new VideoClient(app);
  await admin.ask('PATCH', `${account(user)}/limits`, JSON.stringify({ videosPerDay: 1 }));
  return user;
};
const videosToday = async (user: VideoClient) =>
  (await admin.get<{ usage: { videosToday: number } }>(account(user))).body.usage.videosToday;

describe('the videos of a day', () => {
  it('are used up by one that is cancelled after its provider had begun', async () => {
    const user = await limited();
    const { body } = await generate(user.rest, { prompt: 'a cat [[video ms=60000]]' });
    await inState(app.databaseUrl, body.videoId, 'submitted', 'processing');
    expect((await user.cancel(body.videoId)).status).toBe(200);
    await inState(app.databaseUrl, body.videoId, 'cancelled');
    expect(await videosToday(user)).toBe(1);
    expect(await generate(user.rest)).toMatchObject({
      status: 429,
      body: { error: { code: 'LIMIT_EXCEEDED', details: { limit: 'videosPerDay', allowed: 1, used: 1 } } },
    });
  }, 60_000);

  it('are not used up by one that its provider refused to make', async () => {
    const user = await limited();
    const { body } = await generate(user.rest, { prompt: 'a cat [[video ms=10 fail=moderated]]' });
    await user.ended(body.videoId);
    expect(await videosToday(user)).toBe(0);
    expect((await generate(user.rest)).status).toBe(200);
  }, 60_000);
});
