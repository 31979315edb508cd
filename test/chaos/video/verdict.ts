import type { VideoJobReport } from '../../../src/simulator/video/video-account.js';
import type { Violation } from '../violation.js';
import type { Evidence } from './evidence.js';
import type { Placed } from './placed.js';
import { isNeverAnswered } from './scripts.js';
import { priceOf } from './video-price.js';
import type { VideoRow } from './video-rows.js';

/** What a second costs in every size that is ordered here. */
const USD_PER_SECOND = { sora: '0.10', runway: '0.12' } as const;

type Say = (rule: string, id: string, detail: string) => void;

/** Everything that must not be. */
export function judge(evidence: Evidence): Violation[] {
  const violations: Violation[] = [];
  const say: Say = (rule, id, detail) => violations.push({ rule, id, detail });
  const rows = new Map(evidence.rows.map((row) => [row.marker ?? row.id, row]));
  for (const placed of evidence.placed) {
    for (const fault of placed.faults) say('order', placed.marker, fault);
    const row = rows.get(placed.marker);
    if (row) judgeVideo(placed, row, evidence, say);
    else if (placed.videoId !== undefined) say('lost', placed.marker, 'it was acknowledged and is not there');
  }
  judgeStrangers(evidence, rows, say);
  judgeMoney(evidence, say);
  for (const stray of evidence.strays) say('stray-file', stray, 'it belongs to no video, and no sweep takes it away');
  for (const printed of evidence.crashes) say('crash', '', printed);
  return violations;
}

function judgeVideo(placed: Placed, row: VideoRow, evidence: Evidence, say: Say): void {
  const { marker } = placed;
  const jobs = evidence.jobs.get(marker) ?? [];
  if (placed.videoId !== undefined && placed.videoId !== row.id)
    say('twice-stored', marker, `acknowledged as ${placed.videoId}, stored as ${row.id}`);
  if (jobs.length > 1) say('submitted-twice', marker, `${jobs.length} jobs: ${jobs.map(({ id }) => id).join(', ')}`);
  if (row.submits - row.refusals > 1)
    say('submitted-twice', marker, `${row.submits} orders were sent, ${row.refusals} were clearly not taken`);
  switch (row.state) {
    case 'completed':
      return judgeCompleted(placed, row, jobs[0], evidence, say);
    case 'failed':
      return judgeFailed(placed, row, jobs, evidence, say);
    default:
      say('no-end', marker, `it is ${row.state} still`);
  }
}

function judgeCompleted(
  placed: Placed,
  row: VideoRow,
  job: VideoJobReport | undefined,
  { files, provided, holds }: Evidence,
  say: Say,
): void {
  const { marker } = placed;
  if (!job || job.id !== row.jobId || job.status !== 'completed')
    return say('job', marker, `it is completed by job ${row.jobId}; the provider has ${job?.id} (${job?.status})`);
  const { media } = row;
  const there = media && files.get(media.key);
  if (!media || there !== media.sha256 || there !== provided.get(job.id))
    say('file', marker, `provider ${provided.get(job.id)}, noted ${media?.sha256}, on the disk ${there}`);
  const price = priceOf(placed.duration, USD_PER_SECOND[job.wire]);
  const charges = holds.get(row.id)?.charges ?? [];
  if (charges.length !== 1 || BigInt(charges[0]!) !== price || BigInt(row.charged ?? -1) !== price)
    say('charge', marker, `it costs ${price}; charged ${charges.join(' + ')}, noted ${row.charged}`);
  if (placed.price !== undefined && BigInt(Math.round(placed.price * 1e6)) !== price)
    say('price', marker, `it costs ${price}; the POST said ${placed.price} credits`);
}

/** The one reason that a video may fail for here: an order was under way, so that nobody knows what became of it. */
function judgeFailed(
  { marker, prompt }: Placed,
  row: VideoRow,
  jobs: readonly VideoJobReport[],
  { everOrdering, holds, cuts }: Evidence,
  say: Say,
): void {
  const { error, isFlagged, jobId, charged } = row;
  const charges = holds.get(row.id)?.charges ?? [];
  if (charges.length > 0 || charged !== '0')
    say('charge', marker, `it failed; charged ${charges.join(' + ')}, noted ${charged}`);
  if (error?.code !== 'SUBMIT_UNKNOWN') return say('failure', marker, `it failed: ${JSON.stringify(error)}`);
  const wasCut = cuts.some(({ fromMs, toMs }) => isWithin(row.submittingAt, fromMs, toMs));
  if (!everOrdering.has(row.id) && !wasCut && !isNeverAnswered(prompt))
    say('failure', marker, 'nobody knows what became of its order, though nothing had befallen it');
  if (!isFlagged) say('flag', marker, 'nobody is told to look into its order');
  if (jobId !== null) say('job', marker, `its order is unknown, and it has job ${jobId} (${jobs[0]?.id})`);
}

function isWithin(at: Date | null, fromMs: number, toMs: number): boolean {
  return at !== null && at.getTime() >= fromMs && at.getTime() <= toMs;
}

/** The provider's account and ours are about the same videos. */
function judgeStrangers({ jobs, placed }: Evidence, rows: ReadonlyMap<string, VideoRow>, say: Say): void {
  const markers = new Set(placed.map(({ marker }) => marker));
  for (const [marker, [job]] of jobs) {
    const row = rows.get(marker);
    if (!row) say('foreign-job', marker, `the provider has job ${job!.id} for a video that is not there`);
    else if (row.jobId !== job!.id && row.error?.code !== 'SUBMIT_UNKNOWN')
      say('job', marker, `the provider has ${job!.id}; we know of ${row.jobId}`);
  }
  for (const [marker] of rows) if (!markers.has(marker)) say('foreign-video', marker, 'nobody ordered it');
}

function judgeMoney({ accounts, audit, holds }: Evidence, say: Say): void {
  if (audit.length > 0) say('audit', '', JSON.stringify(audit.slice(0, 5)));
  for (const { id, posted, held, granted, charged } of accounts) {
    if (held !== 0n) say('held-at-the-end', id, `${held} micro-credits are held`);
    if (posted !== granted - charged) say('conservation', id, `${granted} - ${charged} is not ${posted}`);
  }
  for (const [id, { status }] of holds) if (status === 'pending') say('hold', id, 'it is open');
}
