import type { Readable } from 'node:stream';
import type { VideoOffer, VideoOperation, VideoSize } from './video-offer.js';

/** An image or a video that a request builds on: fetched, checked and stored by us. */
export interface VideoInput extends VideoSize {
  /** 'image/png', 'image/jpeg', 'image/webp' or 'video/mp4'. */
  mediaType: string;
  bytes: Buffer;
}

/** What a plan chose; every value is one that an offer of the provider allows. */
export interface VideoRequest extends VideoSize {
  operation: VideoOperation;
  model: string;
  /** Of the video that is made; of an extension, what is added. */
  seconds: number;
  aspectRatio: string;
  prompt: string;
  /** Absent for text-to-video alone. */
  input?: VideoInput;
}

/** How a provider's job stands, in our words. */
export interface VideoJob {
  status: 'queued' | 'running' | 'completed' | 'failed' | 'cancelled';
  /** 0 to 100; absent where the provider tells none. */
  progress?: number;
  /** Seconds of the finished video, as the provider counts them; absent where it doesn't. */
  seconds?: number;
  /** What the provider charges us, in US dollars as decimal text; absent where it doesn't tell. */
  costUsd?: string;
  /** Why it failed. */
  failure?: VideoJobFailure;
}

export interface VideoJobFailure {
  /** `moderated`: the prompt, the input or the result is refused; it would be again. `failed`: the provider's trouble. */
  kind: 'moderated' | 'failed';
  /** The provider's own code, for the operator: letters, digits, '_', '-' and '.', at most 100. Never its text. */
  code: string;
}

export interface VideoContent {
  /** The bytes as they come; whoever asked reads them to the end or destroys it. */
  stream: Readable;
  /** As announced; absent where it isn't. */
  bytes?: number;
  mediaType?: string;
}

export interface VideoCallOptions {
  /** Aborts the call, and the stream that it gave. */
  signal: AbortSignal;
}

/**
 * One video vendor, at one address with one key. A strategy sends a request once and tells what comes back: it never
 * retries, sleeps or counts deadlines. Everything it throws is a VideoProviderError.
 */
export interface VideoProvider {
  /** The provider's id: 'sora', 'runway', or the name in the configuration. */
  readonly id: string;
  /**
   * Which address and key: a job is only ever asked about with what it was made with. Changes with either; never holds
   * a key, nor anything that one could be found from.
   */
  readonly connectionId: string;
  /** In the order of preference. */
  readonly offers: readonly VideoOffer[];

  /**
   * Begins a job, by one single request.
   * @returns the provider's id of it
   * @throws VideoProviderError; `unknown_outcome` where it may have begun all the same
   */
  submit(request: VideoRequest, options: VideoCallOptions): Promise<string>;

  /** How a job stands. @throws VideoProviderError */
  status(jobId: string, options: VideoCallOptions): Promise<VideoJob>;

  /** The bytes of a finished job. @throws VideoProviderError */
  video(jobId: string, options: VideoCallOptions): Promise<VideoContent>;

  /** A still picture of a finished job; undefined where the provider makes none. @throws VideoProviderError */
  thumbnail(jobId: string, options: VideoCallOptions): Promise<VideoContent | undefined>;

  /**
   * Stops a job that was not yet over when it was last asked about. A job that ended meanwhile stays as it is: its
   * result is never deleted. @throws VideoProviderError
   */
  cancel(jobId: string, options: VideoCallOptions): Promise<void>;
}
