import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { json, ProviderServer, type Answer } from '../support/provider-server.js';
import { startVideoApp, type VideoApp } from '../support/video-app.js';
import { makeClip } from '../support/video-clips.js';
import { inState, readVideo, VideoClient } from '../support/video-client.js';

const JOB = { object: 'video', model: 'sora-2', size: '1280x720', seconds: '4' };
const COMPLETED = json(200, { ...JOB, id: 'video_1', status: 'completed' });
const ORDER = { duration: 4 };
const WITHIN_MS = 25_000;

/** What one video's provider says, by what it is asked. */
interface Answers {
  status: Answer;
  content: Answer;
  thumbnail: Answer;
}

let clip: Buffer;
let provider: ProviderServer;
let app: VideoApp;
let database: Client;
beforeAll(async () => {
  clip = await makeClip({ width: 1280, height: 720, seconds: 4 });
  provider = await ProviderServer.start();
  const variables = { SORA_BASE_URL: `${provider.url}/v1`, SORA_DIALECT: 'openai', RUNWAYML_API_SECRET: undefined };
  app = await startVideoApp(variables);
  database = new Client({ connectionString: app.databaseUrl });
  await database.connect();
}, 60_000);
beforeEach(() => provider.forget());
afterAll(async () => {
  await database?.end();
  await app?.close();
  await provider?.close();
});

const bytes = (mediaType: string, body: Buffer): Answer => {
  return (response) =>
    void response.writeHead(200, { 'content-type': mediaType, 'content-length': body.length }).end(body);
};

/** Of what is not said all goes well; there is no picture. */
function willSay(answers: Partial<Answers>): void {
  const { status, content, thumbnail } = {
    ...{ status: COMPLETED, content: bytes('video/mp4', clip), thumbnail: json(404, {}) },
    ...answers,
  };
  provider.otherwise = (response, request) => {
    const { method, path } = request;
    if (method === 'POST') json(200, { ...JOB, id: `video_${randomUUID()}`, status: 'queued' })(response, request);
    else if (path.endsWith('variant=thumbnail')) thumbnail(response, request);
    else (path.includes('/content') ? content : status)(response, request);
  };
}

const asked = (ending: string) => provider.requests.filter(({ path }) => path.endsWith(ending)).length;

it.each(['image/gif', 'application/octet-stream'])(
  'a tiny picture of type %s, which nobody reads, harms neither its video nor the worker',
  async (mediaType) => {
    willSay({ thumbnail: bytes(mediaType, Buffer.alloc(43)) });
    const user = new VideoClient(app);
    const end = await user.ended(await user.order('a cat', ORDER), WITHIN_MS);
    expect(end).toMatchObject({ status: 'completed', creditsUsed: 800 });
    expect(end).not.toHaveProperty('thumbnailUrl');
    expect(asked('variant=thumbnail')).toBe(1);
  },
);

it('a video that no worker has lived to copy is given up', async () => {
  willSay({ content: json(503, {}) });
  const user = new VideoClient(app);
  const videoId = await user.order('a cat', ORDER);
  await inState(app.databaseUrl, videoId, 'copying');
  await database.query('UPDATE video.video SET copies = 100 WHERE id = $1', [videoId]);
  const end = await user.ended(videoId, WITHIN_MS);
  expect(end).toMatchObject({ status: 'failed', creditsUsed: 0, error: { code: 'UPSTREAM_LOST' } });
  const lost = { is_flagged: true, provider_fault: 'copies_lost', charged: 0n };
  expect(await readVideo(app.databaseUrl, videoId)).toMatchObject(lost);
});

it('a question that is answered with a refusal of the content is the last one', async () => {
  willSay({ status: json(400, { error: { code: 'moderation_blocked', message: 'secret' } }) });
  const user = new VideoClient(app);
  const videoId = await user.order('a cat', ORDER);
  const end = await user.ended(videoId, WITHIN_MS);
  expect(end).toMatchObject({ status: 'failed', creditsUsed: 0, error: { code: 'CONTENT_FILTERED' } });
  const refused = { is_flagged: false, provider_fault: 'moderation_blocked', polls: 0 };
  expect(await readVideo(app.databaseUrl, videoId)).toMatchObject(refused);
});
