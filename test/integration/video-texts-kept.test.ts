import type { INestApplicationContext } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { VideoCare } from '../../src/video/recovery/video-care.service.js';
import { VideoSweeps } from '../../src/video/store/video-sweeps.store.js';
import { startTestApp, startTestWorker, type TestApp, type TestVariables } from '../support/app.js';
import { ENCRYPTED, newKey } from '../support/encrypted-app.js';
import { eventually } from '../support/eventually.js';
import { readLedger } from '../support/ledger-audit.js';
import { RestClient } from '../support/rest-client.js';
import { tablesWith } from '../support/stored-texts.js';
import { makeDataFolder, type TestFolder } from '../support/test-folders.js';
import { VideoClient } from '../support/video-client.js';
import { says, WorkflowClient } from '../support/workflow-client.js';

const HOUR_MS = 3_600_000;
const ENDED_WITHIN_MS = 60_000;

/** Two ways to keep texts: as they are, and sealed. In a sealed row no secret is seen, so its columns are looked at. */
describe.each<[string, () => TestVariables]>([
  ['clear', () => ({})],
  ['encrypted', () => ({ ...ENCRYPTED, ENCRYPTION_KEYS: newKey('2026') })],
])('what users said of videos, %s, with VIDEO_TEXT_KEEP_MS', (_, variables) => {
  let folder: TestFolder;
  let gateway: TestApp;
  let worker: INestApplicationContext;
  let database: Client;
  beforeAll(async () => {
    folder = await makeDataFolder();
    const all = { ...variables(), DATA_DIR: folder.path, VIDEO_TEXT_KEEP_MS: String(HOUR_MS) };
    gateway = await startTestApp(all);
    worker = await startTestWorker(gateway, all);
    database = new Client({ connectionString: gateway.databaseUrl });
    await database.connect();
  });
  afterAll(async () => {
    await database.end();
    await worker.close();
    await gateway.close();
    await folder.remove();
  });

  /** Texts of a video and of its workflow, as they lie there. */
  const kept = async (id: string): Promise<object> => {
    const { rows } = await database.query<object>(
      `SELECT v.prompt, v.original_prompt, v.request->>'style' AS style, v.session_id, v.idempotency_key, v.fingerprint,
              s.prompt_in, s.prompt_out
       FROM video.video v LEFT JOIN video.workflow_step s ON s.video_id = v.id AND s.name = 'enhance' WHERE v.id = $1`,
      [id],
    );
    return rows[0]!;
  };
  const NONE = {
    prompt: '',
    original_prompt: '',
    style: null,
    session_id: null,
    idempotency_key: null,
    fingerprint: '',
  };
  const endedAgo = (id: string, ms: number) =>
    database.query(`UPDATE video.video SET ended_at = clock_timestamp() - $2 * interval '1 ms' WHERE id = $1`, [
      id,
      ms,
    ]);
  const createdLater = (id: string, byMs: number) =>
    database.query(`UPDATE video.video SET created_at = created_at + $2 * interval '1 ms' WHERE id = $1`, [id, byMs]);

  it('goes that long after its end, and leaves the file, the receipt and those that are younger', async () => {
    const userId = `user-${randomUUID()}`;
    const secret = `secret-${randomUUID()}`;
    const videos = new VideoClient(gateway, userId);
    const workflows = new WorkflowClient(gateway.url, gateway.token(userId));
    const { body } = await workflows.text(`${secret} ${says({ prompt: `All of ${secret}` })}`, { sessionId: secret });
    const young = await videos.order(`young-${secret}`);
    expect(await videos.ended(body.videoId, ENDED_WITHIN_MS)).toMatchObject({ status: 'completed' });
    expect(await videos.ended(young, ENDED_WITHIN_MS)).toMatchObject({ status: 'completed' });
    const books = await readLedger(gateway.databaseUrl, userId);
    const youngTexts = await kept(young);
    await endedAgo(body.videoId, HOUR_MS + 1_000);
    await endedAgo(young, HOUR_MS - 60_000);

    await worker.get(VideoCare).tidy();

    expect(await kept(body.videoId)).toEqual({ ...NONE, prompt_in: '', prompt_out: '' });
    expect(await kept(young)).toEqual(youngTexts);
    expect(youngTexts).not.toMatchObject({ prompt: '' });
    expect(await videos.status(body.videoId)).toMatchObject({ status: 'completed', url: expect.any(String) });
    expect(await videos.rest.ask('GET', `/api/mcp/videos/${body.videoId}`)).toMatchObject({
      status: 200,
      body: { videoId: body.videoId, prompt: '' },
    });
    expect(await videos.rest.ask('GET', '/api/mcp/videos')).toMatchObject({ status: 200 });
    expect(await readLedger(gateway.databaseUrl, userId)).toEqual(books);

    await endedAgo(young, HOUR_MS + 1_000);
    await worker.get(VideoCare).tidy();
    expect(await tablesWith(database, secret)).toEqual([]);
    expect(await worker.get(VideoSweeps).letTextsGo(HOUR_MS, 10)).toBe(0);
  }, 150_000);

  it('stays while its video has no end, and goes with an erasure before that time', async () => {
    const userId = `user-${randomUUID()}`;
    const secret = `secret-${randomUUID()}`;
    const videos = new VideoClient(gateway, userId);
    gateway.simulator.setVideoFault({ wire: 'sora', stage: 'poll', fault: '503' });
    const id = await videos.order(secret);
    await createdLater(id, -86_400_000);
    await worker.get(VideoCare).tidy();
    expect(await kept(id)).not.toMatchObject({ prompt: '' });
    await createdLater(id, 86_400_000); // how often its provider is asked goes by its age
    gateway.simulator.setVideoFault({ wire: 'sora', stage: 'poll', fault: null });

    const admin = new RestClient(gateway.url, gateway.token('root', ['admin']));
    await eventually(async () => {
      expect(await admin.ask('DELETE', `/api/mcp/admin/users/${userId}/data`)).toMatchObject({ status: 200 });
    }, ENDED_WITHIN_MS);
    expect(await kept(id)).toEqual({ ...NONE, prompt_in: null, prompt_out: null });
    const { rows } = await database.query(
      'SELECT erased_at IS NOT NULL AND texts_erased_at IS NOT NULL AS both FROM video.video WHERE id = $1',
      [id],
    );
    expect(rows).toEqual([{ both: true }]);
  }, 150_000);
});
