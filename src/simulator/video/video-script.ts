/** A wire that videos are asked for on. */
export const VIDEO_WIRES = ['sora', 'runway'] as const;
export type VideoWire = (typeof VIDEO_WIRES)[number];

/** The vendor says no. */
const REFUSALS = ['400', '401', '403', '404', '410', '429', 'quota', '500', '502', '503'] as const;
/** Something happens to the connection, or to the answer as a whole. */
const CONNECTIONS = ['slow', 'hang', 'reset', 'cut', 'garbage'] as const;
/** What happens to the bytes of a video or of a picture. */
const BODIES = [
  'expired',
  'truncated',
  'ended',
  'length',
  'empty',
  'html',
  'endless',
  'trickle',
  'redirect',
  'short',
  'size',
  'smaller',
] as const;

/** What can go wrong with a request of each kind. */
export const VIDEO_FAULTS = {
  create: [...REFUSALS, ...CONNECTIONS, 'moderated', 'drop', '500-begun'],
  poll: [...REFUSALS, ...CONNECTIONS, 'unknown', 'backwards'],
  content: [...REFUSALS, ...CONNECTIONS, ...BODIES],
  thumbnail: [...REFUSALS, ...CONNECTIONS, ...BODIES],
  cancel: [...REFUSALS, ...CONNECTIONS],
} as const;

export type RefusalName = (typeof REFUSALS)[number];
export type BodyFaultName = (typeof BODIES)[number];
export type VideoStage = keyof typeof VIDEO_FAULTS;
export const VIDEO_STAGES = Object.keys(VIDEO_FAULTS) as VideoStage[];
export type VideoFaultName = (typeof VIDEO_FAULTS)[VideoStage][number];

/** How a job ends that comes to no video. */
export const VIDEO_ENDS = ['moderated', 'failed', 'cancelled', 'stuck'] as const;
export type VideoEnd = (typeof VIDEO_ENDS)[number];

export function isBodyFault(name: VideoFaultName | undefined): name is BodyFaultName {
  return (BODIES as readonly (string | undefined)[]).includes(name);
}

export function isRefusal(name: VideoFaultName): name is RefusalName {
  return (REFUSALS as readonly string[]).includes(name);
}

/** A fault that somebody asked for. */
export interface VideoFault {
  fault: VideoFaultName;
  /** How many requests it strikes; absent: all. */
  times?: number;
  /** How many requests of its kind go well before. */
  after?: number;
}

/** What a prompt asks the simulator to do; what is absent it decides itself. */
export interface VideoScript {
  /** Time that the job waits before it begins, in milliseconds. */
  queueMs?: number;
  /** Time from there to the job's end, in milliseconds. */
  makingMs?: number;
  end?: VideoEnd;
  /** The vendor's code of a failure. */
  code?: string;
  faults: Partial<Record<VideoStage, VideoFault>>;
  /** The only wire that the faults strike on; absent: every one. */
  wire?: VideoWire;
  /** The header of a refusal. */
  retryAfterSeconds?: number;
  /** How late `slow` is, in milliseconds. */
  delayMs?: number;
  /** How long a link to a file is good, in milliseconds (Runway). */
  linkMs?: number;
  /** How large the video's file is at least. */
  bytes?: number;
}
