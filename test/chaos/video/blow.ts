import type { VideoCall } from '../../../src/simulator/video/video-calls.js';
import type { VideoJobReport } from '../../../src/simulator/video/video-account.js';
import { eventually } from '../../support/eventually.js';
import { markerOf, type Placed } from './placed.js';
import { STEPS, stepOf, type Step } from './steps.js';
import type { VideoStage } from './video-stage.js';
import { countSettling, readSubmitJobs, readVideos, type VideoRow } from './video-rows.js';

const ALL_STEPS = Object.keys(STEPS) as Step[];
/** What a gateway does for a video. */
export const GATEWAY_STEPS: readonly Step[] = ['held-unanswered', 'held-unqueued'];

/** What a blow struck. */
export interface Struck {
  videos: Map<Step, number>;
  /** Videos of which an order was under way. */
  ordering: Set<string>;
}

/** Deals blows, and finds out where in its life each of them caught every video. */
export class Blows {
  private lastMs = Date.now();
  readonly all: Struck[] = [];
  /** Every video of which an order was ever under way when something befell its worker. */
  readonly everOrdering = new Set<string>();

  constructor(
    private readonly stage: VideoStage,
    private readonly placed: readonly Placed[],
  ) {}

  /**
   * @param blow what befalls; the workers do nothing more once it has resolved
   * @param reached steps that it can have struck at
   */
  async deal(blow: () => Promise<void>, reached: readonly Step[] = ALL_STEPS): Promise<Struck> {
    const { pool, simulator, redis } = this.stage;
    const settling = await countSettling(pool).catch(() => 0);
    const calls = simulator.videoCalls().filter((call) => call.status === undefined && call.atMs > this.lastMs);
    const jobs = jobsByMarker(simulator.videoJobs());
    const atMs = Date.now();
    const acknowledged = new Set(this.placed.filter(({ videoId }) => videoId !== undefined));
    await blow();
    const rows = await eventually(() => readVideos(pool));
    const withSubmitJob = redis ? undefined : await readSubmitJobs(pool);
    const moment = { atMs, lastMs: this.lastMs, ...underWay(calls), settling, withSubmitJob };
    const struck: Struck = { videos: new Map(), ordering: orderingOf(rows) };
    for (const placed of this.placed) {
      const row = rows.find(({ marker }) => marker === placed.marker);
      if (!row) continue;
      const seen = acknowledged.has(placed) ? placed : { ...placed, videoId: undefined };
      for (const step of stepOf(row, seen as Placed, jobs.get(placed.marker)?.[0], moment))
        if (reached.includes(step)) struck.videos.set(step, (struck.videos.get(step) ?? 0) + 1);
    }
    tellSettling(struck, settling);
    this.note(struck);
    this.lastMs = Date.now();
    return struck;
  }

  /** Orders that began while the blow fell may come to light a little later. */
  async lookAgain(): Promise<void> {
    for (const id of orderingOf(await eventually(() => readVideos(this.stage.pool)))) this.everOrdering.add(id);
  }

  private note(struck: Struck): void {
    this.all.push(struck);
    for (const id of struck.ordering) this.everOrdering.add(id);
  }
}

export function jobsByMarker(jobs: readonly VideoJobReport[]): Map<string, VideoJobReport[]> {
  const byMarker = new Map<string, VideoJobReport[]>();
  for (const job of jobs) {
    const marker = markerOf(job.prompt) ?? '';
    byMarker.set(marker, [...(byMarker.get(marker) ?? []), job]);
  }
  return byMarker;
}

function orderingOf(rows: readonly VideoRow[]): Set<string> {
  return new Set(rows.filter(({ state }) => state === 'submitting').map(({ id }) => id));
}

/** Which jobs are being asked about, and whose bytes are on their way. */
function underWay(calls: readonly VideoCall[]): { polling: Set<string>; copying: Set<string> } {
  const polling = new Set<string>();
  const copying = new Set<string>();
  for (const { method, path } of calls) {
    if (method !== 'GET') continue;
    const isFile = path.endsWith('/content') || path.startsWith('/video-files/');
    const id = path.split('/').find((part) => part.startsWith('video_') || /^[0-9a-f-]{36}$/.test(part));
    if (id !== undefined) (isFile ? copying : polling).add(id);
  }
  return { polling, copying };
}

/** Of the videos that are stored and not charged, so many were amid it. */
function tellSettling({ videos }: Struck, settling: number): void {
  const uncharged = videos.get('uncharged') ?? 0;
  const amid = Math.min(uncharged, settling);
  if (amid === 0) return;
  videos.set('amid-settling', amid);
  if (uncharged === amid) videos.delete('uncharged');
  else videos.set('uncharged', uncharged - amid);
}
