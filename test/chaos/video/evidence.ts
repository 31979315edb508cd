import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Pool } from 'pg';
import type { VideoJobReport } from '../../../src/simulator/video/video-account.js';
import { LocalMediaStore } from '../../../src/media/local-media-store.js';
import { MediaLinks } from '../../../src/media/media-links.js';
import { jobsByMarker } from './blow.js';
import type { Placed } from './placed.js';
import { readVideos, type VideoRow } from './video-rows.js';
import type { Cut, VideoStage } from './video-stage.js';

/** A hold, and everything that was ever charged by it. */
export interface HoldFacts {
  status: string;
  /** Micro-credits, as text. */
  charges: string[];
}

export interface AccountFacts {
  id: string;
  posted: bigint;
  held: bigint;
  granted: bigint;
  charged: bigint;
}

/** All that is known when everything is over. */
export interface Evidence {
  placed: readonly Placed[];
  rows: readonly VideoRow[];
  jobs: ReadonlyMap<string, readonly VideoJobReport[]>;
  /** Videos of which an order was under way when something befell its worker. */
  everOrdering: ReadonlySet<string>;
  /** By video. */
  holds: ReadonlyMap<string, HoldFacts>;
  accounts: readonly AccountFacts[];
  /** Rows of the ledger's audit views. */
  audit: readonly unknown[];
  /** Files of our store, by key, as they lie there. */
  files: ReadonlyMap<string, string>;
  /** Of every finished job: its file's sha256, as the provider gives it. */
  provided: ReadonlyMap<string, string>;
  /** Half-written files that the sweep took away. */
  drafts: number;
  /** What lies there that is no file of a video, after the sweep. */
  strays: readonly string[];
  crashes: readonly string[];
  /** When nobody reached the provider: an order that was begun then may have been reset. */
  cuts: readonly Cut[];
}

export async function readEvidence(
  stage: VideoStage,
  placed: readonly Placed[],
  everOrdering: ReadonlySet<string>,
): Promise<Evidence> {
  const { pool, simulator, mediaFolder } = stage;
  const rows = await readVideos(pool);
  const jobs = simulator.videoJobs();
  const store = new LocalMediaStore(mediaFolder, new MediaLinks(Buffer.alloc(32), ''));
  const drafts = await store.removeDrafts(0);
  const files = await hashesOf(mediaFolder);
  const wanted = new Set(rows.flatMap(({ media, thumbnail }) => [media?.key, thumbnail?.key]));
  return {
    placed,
    rows,
    jobs: jobsByMarker(jobs),
    everOrdering,
    holds: await readHolds(pool),
    accounts: await readAccounts(pool),
    audit: (await pool.query('SELECT * FROM ledger.audit')).rows,
    files,
    provided: await providedFiles(stage, rows, jobs),
    drafts,
    strays: [...files.keys()].filter((key) => !wanted.has(key)),
    crashes: stage.crashes,
    cuts: stage.cuts,
  };
}

async function hashesOf(folder: string): Promise<Map<string, string>> {
  const hashes = new Map<string, string>();
  for (const name of await readdir(folder).catch(() => []))
    hashes.set(name, sha256(await readFile(join(folder, name))));
  return hashes;
}

/** The provider's own files, asked for once more. */
async function providedFiles(
  { simulator }: VideoStage,
  rows: readonly VideoRow[],
  jobs: readonly VideoJobReport[],
): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const delivered = new Set(rows.filter(({ state }) => state === 'completed').map(({ jobId }) => jobId));
  for (const { id, wire } of jobs) {
    if (!delivered.has(id)) continue;
    const url = wire === 'sora' ? `${simulator.url}/v1/videos/${id}/content` : await runwayLink(simulator.url, id);
    const response = await fetch(url, { headers: { authorization: 'Bearer chaos' } });
    if (response.ok) files.set(id, sha256(Buffer.from(await response.arrayBuffer())));
  }
  return files;
}

async function runwayLink(url: string, id: string): Promise<string> {
  const headers = { authorization: 'Bearer chaos', 'x-runway-version': '2024-11-06' };
  const task = (await (await fetch(`${url}/v1/tasks/${id}`, { headers })).json()) as { output: string[] };
  return task.output[0]!;
}

async function readHolds(pool: Pool): Promise<Map<string, HoldFacts>> {
  const { rows } = await pool.query<HoldFacts & { id: string }>(
    `SELECT substr(h.request_id, 7) AS id, h.status, coalesce((SELECT array_agg(e.amount::text) FROM ledger.entry e
       WHERE e.account_id = h.account_id AND e.kind = 'charge' AND e.idem_key = 'charge:' || h.request_id), '{}') AS charges
     FROM ledger.hold h WHERE h.request_id LIKE 'video:%'`,
  );
  return new Map(rows.map((row) => [row.id, row]));
}

async function readAccounts(pool: Pool): Promise<AccountFacts[]> {
  const { rows } = await pool.query<Record<'id' | 'posted' | 'held' | 'granted' | 'charged', string>>(
    `SELECT a.id, a.posted, a.held,
       coalesce(sum(e.amount) FILTER (WHERE e.kind = 'grant'), 0) AS granted,
       coalesce(sum(e.amount) FILTER (WHERE e.kind = 'charge'), 0) AS charged
     FROM ledger.account a LEFT JOIN ledger.entry e ON e.account_id = a.id WHERE a.id LIKE 'user:%' GROUP BY a.id`,
  );
  return rows.map(({ id, posted, held, granted, charged }) => ({
    id,
    posted: BigInt(posted),
    held: BigInt(held),
    granted: BigInt(granted),
    charged: BigInt(charged),
  }));
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
