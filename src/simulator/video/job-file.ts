import { clipSizes, readStill } from './clip-folder.js';
import type { FileKind } from './file-link.js';
import { nearestSize, sizeText } from './size.js';
import type { VideoCache } from './video-cache.js';
import type { VideoJob } from './video-job.js';
import type { BodyFaultName } from './video-script.js';

const PIECE_BYTES = 64 * 1024;
const ZEROS = Buffer.alloc(PIECE_BYTES);
/** Size and type of an MP4 box (ISO/IEC 14496-12, 4.2). */
const BOX_HEADER_BYTES = 8;

/** The bytes of a file of a job. */
export interface JobFile {
  mediaType: string;
  /** Its beginning; zeros follow up to `length`. */
  bytes: Buffer;
  length: number;
}

/** The file that a job's owner gets; undefined: there are no such pictures of this size. */
export async function jobFile(
  job: VideoJob,
  kind: FileKind,
  fault: BodyFaultName | undefined,
  cache: VideoCache,
): Promise<JobFile | undefined> {
  if (kind === 'video') return videoFile(job, fault, cache);
  const bytes = await readStill(job, kind === 'thumbnail' ? 'webp' : 'jpg');
  return bytes && { mediaType: kind === 'thumbnail' ? 'image/webp' : 'image/jpeg', bytes, length: bytes.length };
}

/** A box that players skip makes each job's video differ from any other, and fills it up to the size of the script. */
async function videoFile(job: VideoJob, fault: BodyFaultName | undefined, cache: VideoCache): Promise<JobFile> {
  const seconds = fault === 'short' ? Math.ceil(job.seconds / 2) : job.seconds;
  const size = fault === 'size' ? otherSize(job) : fault === 'smaller' ? smallerSize(job) : job;
  const video = await cache.video(size, seconds);
  const mark = Buffer.from(job.id);
  const length = Math.max(video.length + BOX_HEADER_BYTES + mark.length, job.script.bytes ?? 0);
  const header = Buffer.alloc(BOX_HEADER_BYTES);
  header.writeUInt32BE(length - video.length);
  header.write('free', 4);
  return { mediaType: 'video/mp4', bytes: Buffer.concat([video, header, mark]), length };
}

function otherSize(job: VideoJob) {
  return nearestSize(
    clipSizes().filter((size) => sizeText(size) !== sizeText(job)),
    job,
  );
}

/** @throws TypeError where there is none */
function smallerSize(job: VideoJob) {
  return nearestSize(
    clipSizes().filter(({ width, height }) => width < job.width && height < job.height),
    job,
  );
}

/** The first so many bytes of a file, in pieces; more than it has are zeros. */
export function* piecesOf({ bytes }: JobFile, length: number): Generator<Buffer> {
  for (let at = 0; at < length; at += PIECE_BYTES) {
    const end = Math.min(at + PIECE_BYTES, length);
    const begun = bytes.subarray(at, end);
    if (begun.length > 0) yield begun;
    if (begun.length < end - at) yield ZEROS.subarray(0, end - at - begun.length);
  }
}
