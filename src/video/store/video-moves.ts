import type { HoldClaim } from '../../auth/role-table.js';
import type { ExceededLimit } from '../../billing/ledger/ledger-operations.js';
import type { MinuteLimits } from '../../common/http/rate-limit-headers.js';
import type { VideoState } from '../life/video-state.js';
import type { VideoPlan } from '../plan/video-plan.js';
import type { RequestedVideo, VideoFailure, VideoInputFile } from './video-record.js';

export interface NewVideo {
  id: string;
  userId: string;
  sessionId?: string;
  workflowId?: string;
  /** The same key of a user is the same video. */
  idempotencyKey?: string;
  /** Of what was asked for. */
  fingerprint: string;
  request: RequestedVideo;
  prompt: string;
  originalPrompt: string;
  input?: VideoInputFile;
  plan: VideoPlan;
  /** Micro-credits to hold. */
  amount: bigint;
  /** How long they are held at most. */
  holdTtlMs: number;
  /** JSON text, kept with the hold. */
  terms: string;
  /** false: a step of its workflow comes first. */
  isReady: boolean;
  /** By what limits, and under which token. */
  claim?: HoldClaim;
}

export interface CreatedVideo {
  result:
    'created' | 'duplicate' | 'conflict' | 'insufficient' | 'frozen' | 'no_account' | 'invalid' | 'limited' | 'revoked';
  /** Of the video that is there: the new one, or the one that the same key made. */
  id: string;
  /** Micro-credits. */
  available: bigint | null;
  /** Of what is limited: the limit that it would exceed; of what is created: what is left of the minute, where that is limited. */
  quota: ExceededLimit | MinuteLimits | null;
}

/** How a video ends, and what is written down with it. */
export interface VideoEnd {
  to: 'completed' | 'failed' | 'cancelled';
  /** Micro-credits. */
  cost: bigint;
  /** JSON text: the receipt. */
  outcome: string;
  failure?: VideoFailure;
  /** The provider's own code, for operators. */
  providerFault?: string;
  /** An operator has to look. */
  isFlagged?: boolean;
  /** Only from these; absent: from any state that may come before. */
  from?: readonly VideoState[];
  /** Only while it is this job; null or absent: whatever it is. */
  jobId?: string | null;
}

/** How a video ends with the file of its first step: what is written down before it is charged. */
export interface FallBack {
  /** Which says so. */
  plan: VideoPlan;
  /** Only from these. */
  from: readonly VideoState[];
  jobId: string | null;
  providerFault?: string | undefined;
  isFlagged: boolean;
}

/** What a video is told of itself; false: it is elsewhere in its life by now. */
export type Noted = { isCancelAsked: boolean } | false;

export interface PollNote {
  progress: number;
  /** When it is asked about again, in milliseconds from now. */
  dueInMs: number;
}

export interface PollFault {
  /** How often the provider didn't know the job, since it last did. */
  timesUnknown: number;
  dueInMs: number;
}
