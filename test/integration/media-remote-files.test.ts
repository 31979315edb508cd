import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { Environment } from '../../src/config/environment.js';
import { publicConnector, RemoteConnections } from '../../src/media/remote/remote-connections.js';
import type { Resolve } from '../../src/common/net/public-lookup.js';
import { RemoteFiles, type FetchedFile, type FetchOptions } from '../../src/media/remote-files.js';
import { eventually } from '../support/eventually.js';
import { file, redirect, startRemoteSite, type RemoteSite, type SiteAnswer } from '../support/remote-site.js';
import { makeClip } from '../support/video-clips.js';

const FIELD = 'input.imageUrl';
const MOST_BYTES = 200_000;
/** The machine may be busy; only servers that misbehave are to be given up soon. */
const PATIENT = { headersTimeoutMs: 20_000, bodyTimeoutMs: 20_000, deadlineMs: 25_000 };
const IMPATIENT = { headersTimeoutMs: 1_000, bodyTimeoutMs: 1_000, deadlineMs: 15_000 };

let site: RemoteSite;
let png: Buffer;
let mp4: Buffer;
beforeAll(async () => {
  site = await startRemoteSite();
  [png, mp4] = await Promise.all([
    makeClip({ extension: 'png', width: 64, height: 48 }),
    makeClip({ seconds: 2, width: 128, height: 72 }),
  ]);
});
afterAll(() => site.close());
beforeEach(() => {
  site.paths.clear();
  site.requests.splice(0);
  site.sockets.splice(0);
});
afterEach(() => eventually(() => expect(site.sockets.every((socket) => socket.destroyed)).toBe(true)));

function remoteFiles(connect = site.connect, limits: Partial<RemoteConnections> = {}): RemoteFiles {
  const connections = new RemoteConnections();
  Object.assign(connections, { connect, ...PATIENT, ...limits });
  return new RemoteFiles({ media: { maxInputBytes: MOST_BYTES } } as Environment, connections);
}

/** A file that is wanted for nothing else. */
function fetchBy(files: RemoteFiles, url: string, options: Partial<FetchOptions> = {}): Promise<FetchedFile> {
  const userId = options.userId ?? 'somebody';
  return files.use(url, { field: FIELD, kind: 'image', ...options, userId }, (fetched) => Promise.resolve(fetched));
}

function fetchFrom(path: string, answer?: SiteAnswer, kind: 'image' | 'video' = 'image', limits = {}) {
  if (answer) site.paths.set(path, answer);
  return fetchBy(remoteFiles(site.connect, limits), `https://files.example${path}`, { kind });
}

/** What a user is told. */
async function refusal(promise: Promise<unknown>): Promise<string> {
  const error = (await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )) as { code: string; message: string; details: { fields: { field: string; message: string }[] } };
  expect(error).toMatchObject({ code: expect.stringMatching(/^(VALIDATION_ERROR|PAYLOAD_TOO_LARGE)$/) as string });
  expect(error.details.fields).toEqual([{ field: FIELD, message: error.message.slice(0, -1) }]);
  expect(error.message).not.toMatch(/secret|127\.0\.0\.1|files\.example/);
  return `${error.code}: ${error.message}`;
}

describe('a file on the internet', () => {
  test.each(['png', 'jpg', 'webp'] as const)('is taken for what it is: %s', async (extension) => {
    const bytes = await makeClip({ extension, width: 96, height: 64 });
    const fetched = await fetchFrom('/picture', file(bytes, { 'content-type': 'text/html' }));
    const mediaType = { png: 'image/png', jpg: 'image/jpeg', webp: 'image/webp' }[extension];
    expect(fetched).toEqual({ mediaType, bytes, width: 96, height: 64 });
  });

  test('may be a video', async () => {
    const fetched = await fetchFrom('/film', file(mp4), 'video');
    expect(fetched).toEqual({ mediaType: 'video/mp4', bytes: mp4, width: 128, height: 72, seconds: 2, frames: 20 });
  });

  test('is asked for without anything that says who asks', async () => {
    await fetchFrom('/picture?sig=1', file(png));
    const [{ method, headers }] = site.requests as [(typeof site.requests)[0]];
    expect(method).toBe('GET');
    expect(Object.keys(headers).sort()).toEqual(['accept', 'accept-encoding', 'connection', 'host']);
    expect(headers['accept-encoding']).toBe('identity');
  });

  test('may be elsewhere, three times over', async () => {
    site.paths.set('/1', redirect('/2', 301));
    site.paths.set('/2', redirect('https://other.example/3', 307));
    site.paths.set('/3', redirect('4', 308));
    expect((await fetchFrom('/4', file(png))).width).toBe(64);
    expect((await fetchFrom('/1')).width).toBe(64);
    expect(site.requests.at(-1)!.headers.host).toBe('other.example');
    site.paths.set('/0', redirect('/1'));
    expect(await refusal(fetchFrom('/0'))).toContain('three redirects');
  });
});

describe('a redirect leads nowhere that the first URL may not lead', () => {
  test.each([
    ['http://files.example/x', 'an https URL'],
    ['file:///etc/passwd', 'an https URL'],
    ['https://169.254.169.254/latest/meta-data/', 'public internet'],
    ['https://[::ffff:127.0.0.1]/', 'public internet'],
    ['//2130706433/', 'public internet'],
    ['https://files.example:8443/', 'port'],
    ['https://user:secret@files.example/', 'name and password'],
    ['https://', 'whole https URL'],
  ])('%s', async (location, demand) => {
    expect(await refusal(fetchFrom('/away', redirect(location)))).toContain(demand);
    expect(site.requests).toHaveLength(1);
  });
});

describe('what is no such file is refused, in our words:', () => {
  const unfolded = () => gzipSync(Buffer.alloc(50_000_000));
  test.each<[string, SiteAnswer, string]>([
    ['a page', file('<html>secret</html>', { 'content-type': 'image/png' }), 'a PNG, JPEG or WebP image'],
    ['an SVG', file('<svg xmlns="http://www.w3.org/2000/svg">secret</svg>'), 'a PNG, JPEG or WebP image'],
    ['a GIF', file(Buffer.from('GIF89a\x40\0\x30\0\0\0\0\0', 'latin1')), 'a PNG, JPEG or WebP image'],
    ['nothing', file(''), 'a PNG, JPEG or WebP image'],
    ['a PNG of no size', file(Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')), 'a PNG, JPEG or WebP image'],
    ['a fault', (response) => void response.writeHead(500).end('secret'), 'status 500'],
    ['a part', (response) => void response.writeHead(206).end('secret'), 'status 206'],
    ['a redirect to nowhere', (response) => void response.writeHead(302).end(), 'status 302'],
    ['compressed', file(unfolded(), { 'content-encoding': 'gzip' }), 'uncompressed'],
    ['compressed twice', file(unfolded(), { 'content-encoding': 'identity, br' }), 'uncompressed'],
  ])('%s', async (_name, answer, demand) => {
    expect(await refusal(fetchFrom('/file', answer))).toContain(demand);
  });

  test('a video that is none', async () => {
    expect(await refusal(fetchFrom('/film', file(png), 'video'))).toContain('an MP4 video that can be played');
    expect(await refusal(fetchFrom('/film', file(mp4.subarray(0, -1)), 'video'))).toContain('an MP4 video');
  });
});

describe('a file that is too large is refused', () => {
  test('by what it says', async () => {
    let wasWritten = false;
    const answer: SiteAnswer = (response) => {
      response.writeHead(200, { 'content-length': MOST_BYTES + 1 });
      response.write(png, () => (wasWritten = true));
    };
    expect(await refusal(fetchFrom('/large', answer))).toBe(
      'PAYLOAD_TOO_LARGE: input.imageUrl must lead to a file of at most 200000 bytes.',
    );
    await eventually(() => expect(wasWritten).toBe(true));
  });

  test('by what it is, and no more of it is taken', async () => {
    let sent = 0;
    const answer: SiteAnswer = (response) => {
      const send = () => {
        while (!response.destroyed && response.write(Buffer.alloc(20_000))) sent += 20_000;
        if (!response.destroyed) response.once('drain', send);
      };
      send();
    };
    expect(await refusal(fetchFrom('/endless', answer))).toContain('PAYLOAD_TOO_LARGE');
    expect(sent).toBeLessThan(20e6);
  });

  test('and one of just that size is not', async () => {
    const bytes = Buffer.concat([png, Buffer.alloc(MOST_BYTES - png.length)]);
    expect((await fetchFrom('/full', file(bytes))).bytes).toHaveLength(MOST_BYTES);
  });
});

test('files that are fetched at once have only so much memory together, and it is given back', async () => {
  const files = remoteFiles();
  const waiting: ServerResponse[] = [];
  site.paths.set('/half', (response) => {
    response.writeHead(200).write(Buffer.alloc(MOST_BYTES - 1));
    waiting.push(response);
  });
  let users = 0;
  const fetchOne = () => fetchBy(files, 'https://files.example/half', { userId: `user-${users++}` });
  const codes = Array.from({ length: 7 }, () => fetchOne().catch((error: { code: string }) => error.code));
  expect(await Promise.race(codes)).toBe('UNAVAILABLE');
  expect(waiting).toHaveLength(7);
  waiting.forEach((response) => response.end());
  expect((await Promise.all(codes)).sort()).toEqual(['UNAVAILABLE', ...Array<string>(6).fill('VALIDATION_ERROR')]);
  site.paths.set('/half', file(png));
  expect(await fetchOne()).toMatchObject({ width: 64 });
});

describe('one user', () => {
  const waiting: ServerResponse[] = [];
  beforeEach(() => {
    waiting.splice(0);
    site.paths.set('/slow', (response) => void waiting.push(response));
    site.paths.set('/quick', file(png));
  });
  const give = () => waiting.splice(0).forEach((response) => response.end(png));
  const fetchAs = (files: RemoteFiles, userId: string, path: string) =>
    fetchBy(files, `https://files.example${path}`, { userId });

  test('has three files fetched at once, whatever others do, and more when one is done', async () => {
    const files = remoteFiles();
    const running = [1, 2, 3].map(() => fetchAs(files, 'ann', '/slow'));
    await eventually(() => expect(waiting).toHaveLength(3));
    await expect(fetchAs(files, 'ann', '/quick')).rejects.toMatchObject({
      code: 'LIMIT_EXCEEDED',
      retryAfterMs: expect.any(Number) as number,
    });
    expect(await fetchAs(files, 'bob', '/quick')).toMatchObject({ width: 64 });
    give();
    await Promise.all(running);
    expect(await Promise.all([1, 2, 3].map(() => fetchAs(files, 'ann', '/quick')))).toHaveLength(3);
  });

  test('gets a place back also where a file is refused, or its use fails', async () => {
    const files = remoteFiles();
    const fails = () =>
      files.use('https://files.example/quick', { field: FIELD, kind: 'image', userId: 'ann' }, () =>
        Promise.reject(new Error('no room')),
      );
    for (let turn = 0; turn < 4; turn++) {
      await expect(fails()).rejects.toThrow('no room');
      await expect(fetchAs(files, 'ann', '/none')).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
    }
    expect(await fetchAs(files, 'ann', '/quick')).toMatchObject({ width: 64 });
  });

  test('and its memory counts until the file has been used', async () => {
    const files = remoteFiles();
    const full = file(Buffer.concat([png, Buffer.alloc(MOST_BYTES - png.length)]));
    site.paths.set('/full', full);
    const ends: (() => void)[] = [];
    const uses = Array.from({ length: 6 }, (_, user) =>
      files.use('https://files.example/full', { field: FIELD, kind: 'image', userId: `${user}` }, () => {
        return new Promise<void>((resolve) => ends.push(resolve));
      }),
    );
    await eventually(() => expect(ends).toHaveLength(6));
    await expect(fetchAs(files, 'late', '/quick')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    ends.forEach((end) => end());
    await Promise.all(uses);
    expect(await fetchAs(files, 'late', '/quick')).toMatchObject({ width: 64 });
  });
});

describe('a host that misbehaves is given up:', () => {
  test.each<[string, SiteAnswer]>([
    ['it hangs up', (_response, { socket }) => void socket.destroy()],
    ['it hangs up amid', (response, { socket }) => void response.write(png.subarray(0, 50), () => socket.destroy())],
    [
      'it says more than it has',
      (response) => void response.writeHead(200, { 'content-length': 900 }).write('x', () => response.destroy()),
    ],
    ['it speaks something else', (_response, { socket }) => void socket.write('secret\r\n\r\n')],
    [
      'its headers have no end',
      (_response, { socket }) => void socket.write(`HTTP/1.1 200 OK\r\nx: ${'secret'.repeat(5_000)}`),
    ],
    ['its headers never come', () => {}],
    ['its body never comes', (response) => void response.writeHead(200).flushHeaders()],
  ])('%s', async (_name, answer) => {
    expect(await refusal(fetchFrom('/trouble', answer, 'image', IMPATIENT))).toContain('does not answer as it should');
  });

  test('it sends a byte now and then', async () => {
    const timers: NodeJS.Timeout[] = [];
    const answer: SiteAnswer = (response) => void timers.push(setInterval(() => response.write('x'), 300));
    expect(await refusal(fetchFrom('/slow', answer, 'image', { deadlineMs: 3_000 }))).toContain('within 3 seconds');
    timers.forEach(clearInterval);
  });

  test('it can not prove to be who it is', async () => {
    const fetched = fetchBy(remoteFiles(), 'https://bank.example/');
    expect(await refusal(fetched)).toContain('does not answer as it should');
    expect(site.requests).toHaveLength(0);
  });
});

test('who asked may give up', async () => {
  const abort = new AbortController();
  site.paths.set('/silent', () => abort.abort(new Error('the user has left')));
  const fetched = fetchBy(remoteFiles(), 'https://files.example/silent', { signal: abort.signal });
  await expect(fetched).rejects.toThrow('the user has left');
});

describe('a name is resolved once for a connection, and all of its addresses are checked', () => {
  const resolving = (...answers: string[][]): Resolve & { asked: number } => {
    const resolve = Object.assign(
      (_hostname: string, _options: object, callback: Parameters<Resolve>[2]) => {
        const addresses = answers[Math.min(resolve.asked++, answers.length - 1)]!;
        callback(
          null,
          addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
        );
      },
      { asked: 0 },
    );
    return resolve;
  };
  const fetchMixed = (resolve: Resolve) =>
    fetchBy(remoteFiles(publicConnector(resolve, 500)), 'https://mixed.example/');

  test.each([
    [['127.0.0.1']],
    [['8.8.8.8', '127.0.0.1']],
    [['10.0.0.1', '8.8.8.8']],
    [['2606:4700:4700::1111', '::1']],
    [['8.8.8.8', '::ffff:169.254.169.254']],
    [[]],
  ])('%j', async (addresses) => {
    const resolve = resolving(addresses);
    expect(await refusal(fetchMixed(resolve))).toContain('public internet');
    expect(resolve.asked).toBe(1);
  });

  test('a name that is this machine is refused by the resolver in use', async () => {
    const fetched = fetchBy(remoteFiles(new RemoteConnections().connect), 'https://localhost/');
    await refusal(fetched);
  });
});
