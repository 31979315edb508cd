import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Client } from 'pg';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/database/embedded-postgres.js';
import { findPostmaster } from '../../src/database/embedded/postmaster.js';
import { makeDataFolder } from '../support/test-folders.js';
import { eventually } from '../support/eventually.js';

describe('embedded Postgres', () => {
  let folder: { path: string; remove(): Promise<void> };
  let lines: string[];
  const running: EmbeddedPostgres[] = [];
  const owners: ChildProcess[] = [];
  const cluster = () => join(folder.path, 'postgres/cluster');
  const pidFile = () => join(cluster(), 'postmaster.pid');
  const postmaster = () => findPostmaster(cluster());

  const start = async (port?: number) => {
    const options = { dataDirectory: folder.path, log: (line: string) => void lines.push(line) };
    const server = await startEmbeddedPostgres(port === undefined ? options : { ...options, port });
    running.push(server);
    return server;
  };

  beforeEach(async () => {
    folder = await makeDataFolder();
    lines = [];
  });
  afterEach(async () => {
    for (const owner of owners.splice(0)) owner.kill('SIGKILL');
    for (const server of running.splice(0)) await server.stop();
    const left = await postmaster();
    if (left) process.kill(left.pid, 'SIGKILL');
    await folder.remove();
  });

  it('keeps its data from one start to the next, é in jsonb included, and is gone in between', async () => {
    const first = await start();
    await query(first.url, `CREATE TABLE note AS SELECT '{"text": "café ☕"}'::jsonb AS body`);
    await first.stop();
    expect(await postmaster()).toBeUndefined();
    const second = await start();
    expect(await query(second.url, `SELECT body->>'text' AS text FROM note`)).toEqual([{ text: 'café ☕' }]);
  });

  it('is UTF-8, durable, on loopback only, and wants a password', async () => {
    const { url } = await start();
    const settings = ['server_encoding', 'fsync', 'listen_addresses', 'unix_socket_directories', 'max_connections'];
    const values = await query(url, `SELECT name, setting FROM pg_settings WHERE name = ANY ($1)`, [settings]);
    expect(Object.fromEntries(values.map(({ name, setting }) => [name, setting]))).toEqual({
      server_encoding: 'UTF8',
      fsync: 'on',
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      max_connections: '200',
    });
    const wrong = new URL(url);
    wrong.password = 'guessed';
    await expect(query(wrong.href, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
  });

  it('is adopted after the process that started it was killed', async () => {
    const { owner, url, port } = await startOwner(folder.path);
    await query(url, 'CREATE TABLE note AS SELECT 7 AS number');
    const before = await postmaster();
    await kill(owner);
    const adopted = await start();
    expect(adopted.port).toBe(port);
    expect((await postmaster())?.pid).toBe(before?.pid);
    expect(await query(adopted.url, 'SELECT number FROM note')).toEqual([{ number: 7 }]);
    await adopted.stop();
    expect(await postmaster()).toBeUndefined();
  });

  it('recovers after both were killed', async () => {
    const { owner, url } = await startOwner(folder.path);
    await query(url, 'CREATE TABLE note AS SELECT 7 AS number');
    const { pid } = (await postmaster())!;
    await kill(owner);
    process.kill(pid, 'SIGKILL');
    const again = await start();
    expect((await postmaster())?.pid).not.toBe(pid);
    expect(await query(again.url, 'SELECT number FROM note')).toEqual([{ number: 7 }]);
  });

  it('starts again on the same port when the server alone was killed', async () => {
    const server = await start();
    const { pid } = (await postmaster())!;
    process.kill(pid, 'SIGKILL');
    await eventually(() => query(server.url, 'SELECT 1'));
    expect(await postmaster()).toMatchObject({ port: server.port });
    expect((await postmaster())?.pid).not.toBe(pid);
  });

  it('gets over a pid file whose process is dead, and over one whose number another process has now', async () => {
    await (await start()).stop();
    const stale = (pid: number) => `${pid}\n${cluster()}\n1763800000\n5432\n\n127.0.0.1\n  12345 3\nready\n`;
    for (const pid of [2 ** 22 + 1, process.pid]) {
      await writeFile(pidFile(), stale(pid));
      const server = await start();
      expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
      await server.stop();
    }
  });

  it('never touches the pid file of a server that lives', async () => {
    const first = await start();
    const text = await readFile(pidFile(), 'utf8');
    const second = await start();
    expect(await readFile(pidFile(), 'utf8')).toBe(text);
    expect(second.port).toBe(first.port);
  });

  it('makes a cluster anew where only half of one is there, and keeps the half', async () => {
    await mkdir(join(cluster(), 'base'), { recursive: true });
    await writeFile(join(cluster(), 'PG_VERSION'), '18\n');
    const server = await start();
    expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect((await readdir(folder.path)).filter((name) => name.includes('.incomplete-'))).toHaveLength(1);
    expect(lines.join('\n')).toContain('holds no whole cluster');
  });

  it('sweeps up what a killed initdb left', async () => {
    await mkdir(join(folder.path, `postgres.making-${2 ** 22 + 1}-abc/cluster`), { recursive: true });
    await start();
    expect(await readdir(folder.path)).toEqual(['postgres']);
  });

  it('takes another port where the one asked for is taken', async () => {
    const squatter = createServer().listen(0, '127.0.0.1');
    await once(squatter, 'listening');
    const { port } = squatter.address() as AddressInfo;
    const server = await start(port);
    expect(server.port).not.toBe(port);
    squatter.close();
  });

  it('is one server when two processes and we start at once, the first time and the next', async () => {
    for (let round = 0; round < 2; round++) {
      const [one, other, ours] = await Promise.all([startOwner(folder.path), startOwner(folder.path), start()]);
      expect(new Set([one.port, other.port, ours.port]).size).toBe(1);
      await Promise.all([finish(one.owner), finish(other.owner), ours.stop()]);
      expect(await postmaster()).toBeUndefined();
    }
  });

  it('is left running for another gateway that is connected, which stops it in the end', async () => {
    const [first, second] = [await start(), await start()];
    const client = new Client({ connectionString: second.url });
    await client.connect();
    await first.stop();
    expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await client.end();
    await second.stop();
    expect(await postmaster()).toBeUndefined();
  });

  it('says what is wrong where the server does not start', async () => {
    await (await start()).stop();
    await rm(join(cluster(), 'pg_wal'), { recursive: true });
    await expect(start()).rejects.toThrow(/does not start.*pg_wal/s);
  });

  async function startOwner(dataDirectory: string) {
    const args = [
      '--no-warnings',
      '--import',
      './test/support/typescript-hooks.js',
      'test/support/embedded-postgres-owner.ts',
    ];
    const owner = spawn(process.execPath, [...args, dataDirectory], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { PATH: process.env.PATH },
    });
    owners.push(owner);
    const line = await new Promise<string>((resolve, reject) => {
      createInterface(owner.stdout).once('line', resolve);
      owner.once('exit', (code) => reject(new Error(`the owner ended with ${code}`)));
    });
    return { owner, ...(JSON.parse(line) as { url: string; port: number }) };
  }
});

async function kill(owner: ChildProcess): Promise<void> {
  const gone = once(owner, 'exit');
  owner.kill('SIGKILL');
  await gone;
}

async function finish(owner: ChildProcess): Promise<void> {
  const gone = once(owner, 'exit');
  owner.stdin?.end();
  await gone;
}

async function query(url: string, text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query<Record<string, unknown>>(text, values)).rows;
  } finally {
    await client.end();
  }
}
