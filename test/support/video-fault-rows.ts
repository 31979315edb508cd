import type { VideoState } from '../../src/video/life/video-state.js';
import type { VideoOrderBody } from './video-client.js';

/** A fault, and what comes of it for everybody. */
export interface VideoFaultRow {
  name: string;
  /** What the simulator is told in the prompt. */
  script: string;
  /** Absent: a standard request, which both vendors can make; 1,600 credits at the first. */
  order?: VideoOrderBody;
  /** Where the user cancels it. */
  cancelIn?: VideoState;
  /** It is over when the cancel is answered: nobody has to do anything for that. */
  isOverAtOnce?: boolean;
  /** What the cancel is answered with (200). */
  cancelAnswer?: number;
  /** The code of the error that the user sees; absent: the video is completed. */
  error?: string;
  /** Jobs that the vendors have begun. */
  jobs: number;
  /** Orders that they were sent. */
  orders: number;
  /** Requests to stop a job (0). */
  cancels?: number;
  /** Credits charged. */
  credits: number;
  /** An operator is told to look. */
  isFlagged?: boolean;
}

/** Made by sora alone: 3,200 credits. */
const SORA_ALONE: VideoOrderBody = { duration: 16 };
/** Made by sora-2-pro: 5,600 credits; 2,400 if it were 720p. */
const FULL_HD: VideoOrderBody = { duration: 4, resolution: '1080p' };
/** Made by Runway's seedance2 alone: 3,600 credits. */
const RUNWAY_ALONE: VideoOrderBody = { duration: 5, aspectRatio: '1:1' };

const sora = { order: SORA_ALONE, jobs: 1, orders: 1, credits: 3_200 };
const runway = { order: RUNWAY_ALONE, jobs: 1, orders: 1, credits: 3_600 };
const standard = { jobs: 1, orders: 1, credits: 1_600 };
/** A standard request that the second vendor makes. */
const fallback = { jobs: 1, credits: 1_920 };

const isFlagged = true;
const noProvider = { error: 'ALL_PROVIDERS_FAILED', jobs: 0, credits: 0 };
const retired = { error: 'UPSTREAM_RETIRED', jobs: 0, credits: 0, isFlagged };
const unknown = { error: 'SUBMIT_UNKNOWN', credits: 0, isFlagged };
const moderated = { error: 'CONTENT_FILTERED', credits: 0 };
const failed = { error: 'UPSTREAM_LOST', credits: 0 };
const lost = { ...failed, isFlagged };
const cancelled = { error: 'CANCELLED', credits: 0 };

/** What goes wrong while it is ordered. */
export const ORDER_ROWS: VideoFaultRow[] = [
  { name: 'nothing', script: '', ...standard },
  { name: 'nothing, at Runway', script: '', ...runway },
  { name: '429 with Retry-After', script: 'create=429 create-times=1 retry-after=1', ...sora, orders: 2 },
  { name: '429, and the other vendor has room', script: 'create=429 wire=sora', ...fallback, orders: 2 },
  { name: '503 with Retry-After', script: 'create=503 create-times=1 retry-after=1', ...sora, orders: 2 },
  { name: '500 once', script: 'create=500 create-times=1', ...sora, ...unknown, jobs: 0 },
  { name: '500 at one vendor', script: 'create=500 wire=sora', ...standard, ...unknown, jobs: 0 },
  { name: '500 for ever', script: 'create=500', ...runway, ...unknown, jobs: 0 },
  { name: '500 once the job was begun', script: 'create=500-begun create-times=1', ...standard, ...unknown },
  { name: '500 once the job was begun at Runway', script: 'create=500-begun', ...runway, ...unknown },
  { name: '502', script: 'create=502 create-times=1', ...standard, ...unknown, jobs: 0 },
  { name: 'one key is refused', script: 'create=401 wire=sora', ...fallback, orders: 2 },
  { name: 'the only key is refused', script: 'create=401', ...runway, ...noProvider, isFlagged },
  { name: 'the quota is used up', script: 'create=quota', ...sora, ...noProvider, isFlagged },
  { name: "Runway's credits are used up", script: 'create=quota', ...runway, ...noProvider, isFlagged },
  { name: '404: the model is gone', script: 'create=404', ...sora, ...retired },
  { name: '410: the model is gone', script: 'create=410', ...runway, ...retired },
  { name: '400', script: 'create=400', ...sora, jobs: 0, credits: 0, error: 'VALIDATION_ERROR' },
  { name: 'the prompt is refused', script: 'create=moderated', ...standard, ...moderated, jobs: 0 },
  { name: 'the prompt is refused at Runway', script: 'create=moderated', ...runway, ...moderated },
  { name: 'the order is not answered', script: 'create=hang', ...sora, ...unknown },
  { name: 'the answer is cut', script: 'create=cut', ...standard, ...unknown },
  { name: 'the connection is reset', script: 'create=reset', ...standard, ...unknown },
  { name: 'the connection is dropped', script: 'create=drop', ...standard, ...unknown, jobs: 0 },
  { name: 'the connection to Runway is dropped', script: 'create=drop', ...runway, ...unknown, jobs: 0 },
  { name: 'the answer is a web page', script: 'create=garbage', ...runway, ...unknown },
];

/** What goes wrong while it is made. */
export const JOB_ROWS: VideoFaultRow[] = [
  { name: 'a question is answered with 500', script: 'ms=1000 poll=500 poll-times=1', ...standard },
  { name: 'a question is answered with 429', script: 'ms=1000 poll=429 poll-times=1', ...runway },
  { name: 'a question is not answered', script: 'ms=1000 poll=hang poll-times=1', ...standard },
  { name: 'a question is answered with a web page', script: 'ms=1000 poll=garbage poll-times=1', ...runway },
  { name: 'a status that nobody knows', script: 'ms=1000 poll=unknown poll-times=1', ...standard },
  { name: 'a job that is unknown for a moment', script: 'ms=1000 poll=404 poll-times=1', ...standard },
  { name: 'progress that goes backwards', script: 'ms=1000 poll=backwards poll-times=2', ...standard },
  { name: 'it fails', script: 'ms=1000 fail=failed', ...standard, ...failed },
  { name: 'it fails at Runway', script: 'ms=1000 fail=failed', ...runway, ...failed },
  { name: 'the video is refused', script: 'ms=1000 fail=moderated', ...standard, ...moderated },
  { name: 'the video is refused by Runway, which bills it', script: 'ms=1000 fail=moderated', ...runway, ...moderated },
  { name: 'somebody cancels it there', script: 'ms=1000 fail=cancelled', ...runway, ...failed },
];

const BROKEN_BYTES = ['expired', 'truncated', 'ended', 'length', 'empty', 'html', 'endless', 'reset', 'cut', '500'];

/** What goes wrong while its bytes are fetched. */
export const CONTENT_ROWS: VideoFaultRow[] = [
  ...BROKEN_BYTES.flatMap((fault) => {
    const script = `ms=1000 content=${fault} content-times=1`;
    return [
      { name: `bytes: ${fault}`, script, ...standard },
      { name: `bytes from Runway: ${fault}`, script, ...runway },
    ];
  }),
  { name: 'bytes that trickle', script: 'ms=1000 content=trickle delay=20', ...standard },
  { name: 'half of the seconds', script: 'ms=1000 content=short', ...standard, credits: 800, isFlagged },
  { name: 'a larger picture', script: 'ms=1000 content=size', ...standard },
  // Sora's cheaper model makes none that small: nothing is charged.
  { name: 'a smaller picture than is offered', script: 'ms=1000 content=smaller', ...standard, credits: 0, isFlagged },
  {
    ...{ name: 'a smaller picture, which has a price', script: 'ms=1000 content=smaller' },
    ...{ ...sora, order: FULL_HD, credits: 2_400, isFlagged },
  },
  { name: 'a file that is too large', script: 'ms=1000 content=endless', ...standard, ...lost },
  { name: 'a file that is too large, from Runway', script: 'ms=1000 content=endless', ...runway, ...lost },
  { name: 'a page in place of a file, for ever', script: 'ms=1000 content=html', ...standard, ...lost },
  { name: 'no thumbnail', script: 'ms=1000 thumbnail=500', ...standard },
  { name: 'a thumbnail that is a web page', script: 'ms=1000 thumbnail=html', ...standard },
];

const LONG = 'ms=60000';

/** Where the user changes their mind. */
export const CANCEL_ROWS: VideoFaultRow[] = [
  {
    ...{ name: 'cancelled while it waits', cancelIn: 'queued', script: 'create=429 retry-after=60' },
    ...{ ...sora, ...cancelled, jobs: 0, isOverAtOnce: true },
  },
  {
    ...{ name: 'cancelled while it is ordered', cancelIn: 'submitting', script: `${LONG} create=slow delay=3000` },
    ...{ ...sora, ...cancelled, cancels: 1 },
  },
  { name: 'cancelled when it is ordered', cancelIn: 'submitted', script: LONG, ...standard, ...cancelled, cancels: 1 },
  { name: 'cancelled while it is made', cancelIn: 'processing', script: LONG, ...standard, ...cancelled, cancels: 1 },
  { name: 'cancelled at Runway', cancelIn: 'processing', script: LONG, ...runway, ...cancelled, cancels: 1 },
  {
    ...{ name: 'cancelled, which the vendor fails at', cancelIn: 'submitted', script: `${LONG} cancel=500` },
    ...{ ...standard, ...cancelled, cancels: 1, isFlagged },
  },
  {
    ...{ name: 'cancelled when it is made', cancelIn: 'copying', script: 'ms=1000 content=trickle delay=300' },
    ...{ ...standard, cancelAnswer: 409 },
  },
  { name: 'cancelled when it is completed', cancelIn: 'completed', script: 'ms=1000', ...standard },
  { name: 'cancelled when it has failed', cancelIn: 'failed', script: 'ms=1000 fail=failed', ...standard, ...failed },
];

/** What never gets better: given up when the deadline has passed. */
export const LOST_ROWS: VideoFaultRow[] = [
  { name: 'it is never finished', script: 'fail=stuck', ...standard, ...lost, cancels: 1 },
  { name: 'it is never finished at Runway', script: 'fail=stuck', ...runway, ...lost, cancels: 1 },
  { name: 'the job has vanished', script: 'poll=404', ...standard, ...lost },
  { name: 'nothing but 500', script: 'poll=500', ...runway, ...lost },
  { name: 'nothing but 429', script: 'poll=429', ...standard, ...lost },
  { name: 'nothing but web pages', script: 'poll=garbage', ...standard, ...lost },
  { name: 'nothing but statuses that nobody knows', script: 'poll=unknown', ...standard, ...lost },
  { name: 'the key is refused from now on', script: 'poll=401', ...runway, ...lost },
];
