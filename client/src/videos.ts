import { McpError } from './mcp-error.js';
import { newId } from './new-id.js';
import { refusalOf } from './refusal.js';
import { restUrl } from './rest-url.js';
import type { TokenSource } from './token-source.js';

/** What a video is to be; nothing of it is ever changed silently. */
export interface VideoOrder {
  prompt: string;
  /** Seconds. */
  duration: number;
  resolution: '720p' | '1080p' | '4K';
  style?: string;
  /** 'W:H' */
  aspectRatio?: string;
  sessionId?: string;
}

/** What was left out of an order and is not as its default has it. */
export interface VideoSubstitution {
  field: string;
  wanted: string;
  chosen: string;
}

export interface OrderedVideo {
  videoId: string;
  status: VideoStatus['status'];
  /** What it will cost. */
  creditsUsed: number;
  /** What is held, where a stand-in that is dearer may have to make it. */
  creditsHeld?: number;
  /** Seconds, by experience. */
  estimatedTime: number;
  substitutions?: VideoSubstitution[];
}

export interface VideoStatus {
  videoId: string;
  /** `failed`: also where it was cancelled (`error.code` is CANCELLED). */
  status: 'processing' | 'completed' | 'failed';
  /** Lasts for an hour or so: each look signs a new one. */
  url?: string;
  thumbnailUrl?: string;
  /** 0 to 100. */
  progress: number;
  /** Seconds until it can be played, by experience; while it is processing. */
  estimatedTime?: number;
  /** It is late, and why (docs/video.md of the server). */
  delay?: { reason: string; message: string; since: string };
  createdAt: string;
  completedAt?: string;
  /** Seconds. */
  duration: number;
  creditsUsed: number;
  error?: { code: string; message: string };
  provider: string;
  model: string;
  resolution: string;
  aspectRatio: string;
  substitutions?: VideoSubstitution[];
  filesDeletedAt?: string;
}

export interface VideoQuery {
  cursor?: string;
  limit?: number;
  status?: VideoStatus['status'];
  sessionId?: string;
  workflowId?: string;
  provider?: string;
  model?: string;
  from?: string;
  to?: string;
}

export interface ListedVideos {
  /** With all that is known of each (docs/video.md of the server). */
  videos: (VideoStatus & { prompt: string } & Record<string, unknown>)[];
  /** Of the next page; null: there is none. */
  nextCursor: string | null;
}

export interface WaitOptions {
  signal?: AbortSignal;
  /** Hears each look at the video. */
  onProgress?: (status: VideoStatus) => void;
  /** Pause between two looks. Default 2 s. */
  everyMs?: number;
  /** The server can't be had for so long: give up. Default 5 minutes. */
  patienceMs?: number;
}

const LOOK_EVERY_MS = 2_000;
const PATIENCE_MS = 5 * 60_000;

/** Videos, over the server's REST routes. Every method throws McpError. */
export class Videos {
  /** @param urls of the server's socket; the next one is asked where one can't be reached */
  constructor(
    private readonly urls: readonly string[],
    private readonly tokens: TokenSource,
  ) {}

  /** Orders a video. The same `idempotencyKey` and order again is the same video; a lost connection is no reason for two. */
  generate(order: VideoOrder, { idempotencyKey = newId() }: { idempotencyKey?: string } = {}): Promise<OrderedVideo> {
    return this.ask('POST', '/api/mcp/sora2/generate', order, { 'idempotency-key': idempotencyKey });
  }

  status(videoId: string): Promise<VideoStatus> {
    return this.ask('GET', `/api/mcp/sora2/status/${encodeURIComponent(videoId)}`);
  }

  /** One's own videos, newest first. */
  list(query: VideoQuery = {}): Promise<ListedVideos> {
    const given = Object.entries(query).filter(([, value]) => value !== undefined);
    const text = new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)])).toString();
    return this.ask('GET', `/api/mcp/videos${text && `?${text}`}`);
  }

  /** Cancels a video that is not over; removes the files of one that is. */
  remove(videoId: string): Promise<VideoStatus> {
    return this.ask('DELETE', `/api/mcp/videos/${encodeURIComponent(videoId)}`);
  }

  /**
   * Waits until a video can be played.
   * @throws McpError with the video's own code where it fails or is cancelled, `requestId` being its id; UNREACHABLE; what the signal is aborted with
   */
  async wait(videoId: string, options: WaitOptions = {}): Promise<VideoStatus> {
    const { signal, onProgress, everyMs = LOOK_EVERY_MS, patienceMs = PATIENCE_MS } = options;
    let heardAtMs = Date.now();
    for (;;) {
      signal?.throwIfAborted();
      try {
        const status = await this.status(videoId);
        heardAtMs = Date.now();
        onProgress?.(status);
        if (status.status === 'completed') return status;
        if (status.status === 'failed') throw failureOf(status);
      } catch (error) {
        const mayPass = error instanceof McpError && error.retryable && error.requestId === undefined;
        if (!mayPass || Date.now() - heardAtMs > patienceMs) throw error;
      }
      await pause(everyMs, signal);
    }
  }

  private async ask<T>(method: string, path: string, body?: object, headers: Record<string, string> = {}): Promise<T> {
    try {
      return await this.askEach<T>(method, path, body, headers);
    } catch (error) {
      const isRefused = error instanceof McpError && error.code === 'UNAUTHORIZED';
      if (!isRefused || !this.tokens.refuse()) throw error;
      return this.askEach<T>(method, path, body, headers);
    }
  }

  private async askEach<T>(method: string, path: string, body: object | undefined, more: Record<string, string>) {
    const headers = {
      authorization: `Bearer ${await this.tokens.get()}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...more,
    };
    const request = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    let lost: unknown;
    for (const url of this.urls) {
      try {
        const response = await fetch(restUrl(url, path), request);
        return answerOf<T>(response, await response.text());
      } catch (error) {
        if (error instanceof McpError) throw error;
        lost = error;
      }
    }
    throw new McpError('UNREACHABLE', 'The network, or the server, is away.', { retryable: true, cause: lost });
  }
}

function answerOf<T>(response: Response, text: string): T {
  if (!response.ok) throw refusalOf(response.status, text, response.headers.get('retry-after'));
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    throw new McpError('PROTOCOL', 'The server gave no JSON: this is no gateway.', { cause });
  }
}

function failureOf({ videoId, error }: VideoStatus): McpError {
  const { code, message } = error ?? { code: 'INTERNAL', message: 'The video failed.' };
  return new McpError(code, message, { requestId: videoId });
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener('abort', end);
  });
}
