import type { IncomingMessage, ServerResponse } from 'node:http';
import type { VideoWire } from './video-script.js';

/** One request as the vendor saw it. */
export interface VideoCall {
  /** `files`: to a link of a video's file, which needs no key. */
  wire: VideoWire | 'files';
  method: string;
  /** Without the query. */
  path: string;
  /** The caller sent a key along. */
  hasKey: boolean;
  /** When it came, in milliseconds since 1970. */
  atMs: number;
  /** Absent: the answer has no status yet, or never got one. */
  status?: number;
}

const CALLS_LIMIT = 10_000;

/** Every request for videos in the order in which they came, whatever became of them. */
export class VideoCalls {
  #calls: VideoCall[] = [];

  note(wire: VideoCall['wire'], path: string, request: IncomingMessage, response: ServerResponse): void {
    const { method = '', headers } = request;
    const call: VideoCall = { wire, method, path, hasKey: headers.authorization !== undefined, atMs: Date.now() };
    this.#calls.push(call);
    if (this.#calls.length > CALLS_LIMIT) this.#calls.shift();
    response.once('close', () => {
      if (response.headersSent) call.status = response.statusCode;
    });
  }

  all(): VideoCall[] {
    return [...this.#calls];
  }

  reset(): void {
    this.#calls = [];
  }
}
