import { setTimeout as delay } from 'node:timers/promises';
import { videoMeasure } from '../../src/simulator/video/video-measure.js';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.js';
import { eventually } from '../support/eventually.js';

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ videoMs: 0 });
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.close());

const HEADERS = { authorization: 'Bearer key', 'content-type': 'application/json', 'x-runway-version': '2024-11-06' };

interface Wire {
  name: 'sora' | 'runway';
  create(directive: string, signal?: AbortSignal): Promise<Response>;
  statusPath(id: string): string;
  /** Where the bytes are, for a job that is over. */
  contentUrl(id: string): Promise<string>;
}

const get = (url: string, init: RequestInit = {}) =>
  fetch(url.startsWith('http') ? url : simulator.url + url, { headers: HEADERS, ...init });
const post = (path: string, body: object, signal?: AbortSignal) =>
  fetch(simulator.url + path, {
    method: 'POST',
    headers: HEADERS,
    body: JSON.stringify(body),
    ...(signal ? { signal } : {}),
  });

const SORA: Wire = {
  name: 'sora',
  create: (directive, signal) => post('/v1/videos', { prompt: `A box [[video ${directive}]]` }, signal),
  statusPath: (id) => `/v1/videos/${id}`,
  contentUrl: (id) => Promise.resolve(`/v1/videos/${id}/content`),
};
const RUNWAY: Wire = {
  name: 'runway',
  create: (directive, signal) => {
    const body = { model: 'gen4.5', promptText: `A box [[video ${directive}]]`, ratio: '720:1280', duration: 4 };
    return post('/v1/text_to_video', body, signal);
  },
  statusPath: (id) => `/v1/tasks/${id}`,
  contentUrl: async (id) => {
    const task = (await (await get(`/v1/tasks/${id}`)).json()) as { output: string[] };
    return task.output[0]!;
  },
};

async function begun(wire: Wire, directive: string): Promise<string> {
  const response = await wire.create(directive);
  expect(response.status).toBe(200);
  return ((await response.json()) as { id: string }).id;
}
const poll = async (wire: Wire, id: string) => (await (await get(wire.statusPath(id))).json()) as object;
const jobCount = () => simulator.videoJobs().length;

describe.each([
  [SORA.name, SORA],
  [RUNWAY.name, RUNWAY],
])('on the wire of %s', (_, wire) => {
  const isSora = wire.name === 'sora';

  describe('beginning a job', () => {
    it.each([
      ['400', 400],
      ['401', 401],
      ['403', 403],
      ['404', 404],
      ['410', 410],
      ['429', 429],
      ['500', 500],
      ['502', 502],
      ['503', 503],
      ['quota', isSora ? 429 : 400],
    ])('%s is refused with %s, and begins none', async (fault, status) => {
      const response = await wire.create(`create=${fault} retry-after=7`);
      expect(response.status).toBe(status);
      expect(response.headers.get('retry-after')).toBe('7');
      if (fault !== '502') expect(await response.json()).toMatchObject({ error: expect.anything() });
      expect(jobCount()).toBe(0);
    });

    it('is refused so often, and then not', async () => {
      const directive = 'create=429 create-times=2 create-after=1';
      const statuses = [];
      for (let attempt = 0; attempt < 4; attempt++) statuses.push((await wire.create(directive)).status);
      expect(statuses).toEqual([200, 429, 429, 200]);
    });

    it('of a prompt that is moderated', async () => {
      const response = await wire.create('create=moderated');
      if (isSora) {
        expect(response.status).toBe(400);
        expect(await response.json()).toMatchObject({ error: { code: 'moderation_blocked' } });
        expect(jobCount()).toBe(0);
      } else {
        const { id } = (await response.json()) as { id: string };
        expect(await poll(wire, id)).toMatchObject({ status: 'FAILED', failureCode: 'SAFETY.INPUT.TEXT' });
        expect(simulator.videoJobs()).toMatchObject([{ status: 'failed', costUsd: '0' }]);
      }
    });

    it.each(['reset', 'cut'])('%s breaks the connection, and the job has begun', async (fault) => {
      await expect(wire.create(`create=${fault}`).then((response) => response.json())).rejects.toThrow();
      expect(jobCount()).toBe(1);
    });

    it('drop breaks the connection, and there is no job', async () => {
      await expect(wire.create('create=drop')).rejects.toThrow();
      expect(jobCount()).toBe(0);
      expect(simulator.videoCalls()).toHaveLength(1);
    });

    it('hang gives no answer, and the job has begun', async () => {
      const controller = new AbortController();
      const hanging = wire.create('create=hang', controller.signal);
      await eventually(() => expect(jobCount()).toBe(1));
      const first = await Promise.race([hanging, delay(100, 'silence')]);
      expect(first).toBe('silence');
      controller.abort();
      await expect(hanging).rejects.toThrow();
    });

    it('garbage, slow and 500-begun begin it all the same', async () => {
      await expect((await wire.create('create=garbage')).json()).rejects.toThrow();
      const from = performance.now();
      expect((await wire.create('create=slow delay=150')).status).toBe(200);
      expect(performance.now() - from).toBeGreaterThan(140);
      expect((await wire.create('create=500-begun')).status).toBe(500);
      expect(jobCount()).toBe(3);
    });

    it('refuses a script that nobody understands', async () => {
      const response = await wire.create('explode=yes');
      expect(response.status).toBe(400);
      expect(await response.text()).toContain('Bad simulator script');
    });
  });

  describe('asking about a job', () => {
    it.each([
      ['401', 401],
      ['404', 404],
      ['429', 429],
      ['500', 500],
      ['502', 502],
      ['503', 503],
    ])('%s is refused with %s, so often', async (fault, status) => {
      const id = await begun(wire, `poll=${fault} poll-times=1 poll-after=1`);
      const ask = async () => (await get(wire.statusPath(id))).status;
      expect([await ask(), await ask(), await ask()]).toEqual([200, status, 200]);
      expect(simulator.videoJobs()).toMatchObject([
        { polls: 3, polledAtMs: [{}, {}, {}].map(() => expect.any(Number)) },
      ]);
    });

    it('gets nothing that could be read', async () => {
      for (const fault of ['reset', 'cut', 'garbage']) {
        const id = await begun(wire, `poll=${fault}`);
        await expect(poll(wire, id)).rejects.toThrow();
      }
      const silent = await begun(wire, 'poll=hang');
      await expect(get(wire.statusPath(silent), { signal: AbortSignal.timeout(100) })).rejects.toThrow();
    });

    it('gets a status that nobody knows', async () => {
      const id = await begun(wire, 'poll=unknown');
      expect(await poll(wire, id)).toMatchObject({ status: isSora ? 'meditating' : 'MEDITATING' });
    });

    it('sees progress fall', async () => {
      const id = await begun(wire, 'poll=backwards');
      const seen = [await poll(wire, id), await poll(wire, id), await poll(wire, id)];
      const [first, second, third] = seen.map((answer) => (answer as { progress: number }).progress);
      expect(first).toBeGreaterThan(second!);
      expect(second).toBeGreaterThan(third!);
    });

    it('learns how it ends', async () => {
      const statusOf = async (directive: string) => poll(wire, await begun(wire, directive));
      const code = { code: 'out_of_paint' };
      expect(await statusOf('fail=failed code=out_of_paint')).toMatchObject(
        isSora ? { status: 'failed', error: code } : { status: 'FAILED', failureCode: code.code },
      );
      expect(await statusOf('fail=moderated')).toMatchObject(
        isSora
          ? { status: 'failed', error: { code: 'moderation_blocked' } }
          : { status: 'FAILED', failureCode: 'SAFETY.OUTPUT.VIDEO', cost: { credits: 48 } },
      );
      expect(await statusOf('fail=stuck')).toMatchObject({ status: isSora ? 'in_progress' : 'RUNNING' });
      expect(await statusOf('fail=cancelled')).toMatchObject({ status: isSora ? 'failed' : 'CANCELLED' });
    });
  });

  describe('fetching the bytes', () => {
    const fetchContent = async (directive: string) => get(await wire.contentUrl(await begun(wire, directive)));
    const sizeOf = async (response: Response) => (await response.arrayBuffer()).byteLength;
    /** How large the video is where nothing goes wrong. */
    const wholeSize = async () => sizeOf(await fetchContent('ms=0'));

    it.each([
      ['404', 404],
      ['500', 500],
      ['expired', isSora ? 404 : 403],
    ])('%s is refused with %s, so often', async (fault, status) => {
      const url = await wire.contentUrl(await begun(wire, `content=${fault} content-times=1`));
      expect((await get(url)).status).toBe(status);
      expect((await get(url)).status).toBe(200);
      expect(simulator.videoJobs()).toMatchObject([{ contentFetches: 2 }]);
    });

    it('truncated, cut and reset break off', async () => {
      for (const fault of ['truncated', 'cut', 'reset']) {
        await expect(fetchContent(`content=${fault}`).then(sizeOf)).rejects.toThrow();
      }
    });

    it('ended and length end too early, as if that were all', async () => {
      const half = Math.floor((await wholeSize()) / 2);
      const ended = await fetchContent('content=ended');
      expect(ended.headers.get('content-length')).toBeNull();
      expect(await sizeOf(ended)).toBe(half);
      const lying = await fetchContent('content=length');
      expect(lying.headers.get('content-length')).toBe(String(half));
      expect(await sizeOf(lying).catch(() => half)).toBe(half);
    });

    it('empty and html are no videos', async () => {
      const empty = await fetchContent('content=empty');
      expect([empty.status, await sizeOf(empty)]).toEqual([200, 0]);
      const page = await fetchContent('content=html');
      expect(page.headers.get('content-type')).toBe('video/mp4');
      expect(await page.text()).toContain('<html>');
    });

    it('endless has no end', async () => {
      const whole = await wholeSize();
      const response = await fetchContent('content=endless');
      let read = 0;
      for await (const bytes of response.body!) {
        read += (bytes as Uint8Array).length;
        if (read > whole + 4 * 1024 * 1024) break;
      }
      expect(read).toBeGreaterThan(whole + 4 * 1024 * 1024);
    });

    it('trickle takes its time, and is whole', async () => {
      const whole = await wholeSize();
      const from = performance.now();
      expect(await sizeOf(await fetchContent('content=trickle delay=20'))).toBe(whole);
      expect(performance.now() - from).toBeGreaterThan(15 * Math.floor(whole / 512));
    });

    it('redirect leads to another origin, where no key is needed', async () => {
      const url = await wire.contentUrl(await begun(wire, 'content=redirect'));
      const answer = await get(url, { redirect: 'manual' });
      expect(answer.status).toBe(302);
      const target = new URL(answer.headers.get('location')!);
      expect(target.origin).not.toBe(simulator.url);
      expect(await sizeOf(await fetch(target))).toBe(await wholeSize());
      const calls = simulator.videoCalls().filter(({ path }) => path === target.pathname);
      expect(calls.at(-1)).toMatchObject({ wire: 'files', hasKey: false, status: 200 });
    });

    it('short, size and smaller are other videos than asked', async () => {
      const measureOf = async (directive: string) =>
        videoMeasure(Buffer.from(await (await fetchContent(directive)).arrayBuffer()));
      expect(await measureOf('ms=0')).toMatchObject({ width: 720, height: 1280, seconds: 4 });
      expect(await measureOf('content=short')).toMatchObject({ width: 720, height: 1280, seconds: 2 });
      expect(await measureOf('content=size')).not.toMatchObject({ width: 720, height: 1280 });
      const smaller = (await measureOf('content=smaller'))!;
      expect([smaller.width < 720, smaller.height < 1280, smaller.seconds]).toEqual([true, true, 4]);
    });
  });

  describe('cancelling', () => {
    const cancel = (id: string) => get(wire.statusPath(id), { method: 'DELETE' });

    it('refused, leaves the job as it is', async () => {
      const id = await begun(wire, 'ms=60000 cancel=500 cancel-times=1');
      expect((await cancel(id)).status).toBe(500);
      expect(simulator.videoJobs()).toMatchObject([{ status: 'running', cancels: 1 }]);
      expect((await cancel(id)).ok).toBe(true);
      expect(simulator.videoJobs()).toMatchObject([{ status: 'cancelled', cancels: 2 }]);
    });

    it('without an answer, has cancelled it', async () => {
      const id = await begun(wire, 'ms=60000 cancel=reset');
      await expect(cancel(id)).rejects.toThrow();
      expect(simulator.videoJobs()).toMatchObject([{ status: 'cancelled' }]);
    });
  });

  it('strikes only where the script says', async () => {
    const other = isSora ? 'runway' : 'sora';
    expect((await wire.create(`create=503 wire=${other}`)).status).toBe(200);
    expect((await wire.create(`create=503 wire=${wire.name}`)).status).toBe(503);
    const id = await begun(wire, `fail=failed wire=${other}`);
    expect(await poll(wire, id)).toMatchObject({ status: isSora ? 'completed' : 'SUCCEEDED' });
  });

  it('can be forced from outside, before the prompt’s own', async () => {
    simulator.setVideoFault({ stage: 'create', fault: '503', count: 1, wire: wire.name });
    expect((await wire.create('create=429')).status).toBe(503);
    expect((await wire.create('create=429')).status).toBe(429);
    const force = (body: object) => post('/_video-fault', body);
    expect((await force({ stage: 'poll', fault: '500' })).status).toBe(200);
    const id = await begun(wire, 'ms=0');
    expect((await get(wire.statusPath(id))).status).toBe(500);
    expect((await force({ stage: 'poll', fault: null })).status).toBe(200);
    expect((await get(wire.statusPath(id))).status).toBe(200);
    expect((await force({ stage: 'poll', fault: 'explode' })).status).toBe(400);
  });
});

describe('still pictures', () => {
  it('have faults of their own', async () => {
    const id = await begun(SORA, 'thumbnail=404');
    const thumbnail = await get(`/v1/videos/${id}/content?variant=thumbnail`);
    expect(thumbnail.status).toBe(404);
    expect((await get(`/v1/videos/${id}/content`)).status).toBe(200);
    expect((await get(`/v1/videos/${id}/content?variant=film`)).status).toBe(400);
  });
});

describe('close', () => {
  it('ends what hangs, trickles or has no end', async () => {
    const other = await startSimulator({ videoMs: 0 });
    const create = (directive: string) =>
      fetch(`${other.url}/v1/videos`, {
        method: 'POST',
        headers: HEADERS,
        body: JSON.stringify({ prompt: `[[video ${directive}]]` }),
      });
    const hanging = create('create=hang').catch((error: unknown) => error);
    for (const fault of ['endless', 'trickle']) {
      const { id } = (await (await create(`content=${fault}`)).json()) as { id: string };
      await fetch(`${other.url}/v1/videos/${id}/content`, { headers: HEADERS });
    }
    await other.close();
    expect(await hanging).toHaveProperty('message', 'fetch failed');
  });
});
