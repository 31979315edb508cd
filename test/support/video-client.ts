import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import type { VideoState } from '../../src/video/life/video-state.js';
import { eventually } from './eventually.js';
import { RestClient } from './rest-client.js';

/** What the status route answers: the fields that tests look at. */
export interface VideoStatus {
  videoId: string;
  status: 'processing' | 'completed' | 'failed';
  url?: string;
  thumbnailUrl?: string;
  progress: number;
  duration: number;
  creditsUsed: number;
  error?: { code: string; message: string };
  provider: string;
  model: string;
}

/** How a video is to be; what is left out is that of a standard request: 8 seconds at 720p. */
export interface VideoOrderBody {
  duration?: number;
  resolution?: string;
  aspectRatio?: string;
}

/** Many videos are watched at once. */
const PAUSE_MS = 400;

/** Where a gateway is, and how one becomes a user of it. */
interface Gateway {
  url: string;
  token(userId: string): string;
}

/** One user who orders videos over the REST routes. */
export class VideoClient {
  readonly rest: RestClient;

  constructor(
    readonly gateway: Gateway,
    readonly userId = `user-${randomUUID()}`,
  ) {
    this.rest = new RestClient(gateway.url, gateway.token(userId));
  }

  /** Asks again, with the same key, where the gateway says that it may. @returns its id. @throws Error where it is refused */
  order(prompt: string, body: VideoOrderBody = {}): Promise<string> {
    const idempotencyKey = randomUUID();
    return eventually(
      async () => {
        const answer = await fetch(`${this.gateway.url}/api/mcp/sora2/generate`, {
          method: 'POST',
          headers: {
            authorization: `Bearer ${this.gateway.token(this.userId)}`,
            'content-type': 'application/json',
            'idempotency-key': idempotencyKey,
          },
          body: JSON.stringify({ prompt, duration: 8, resolution: '720p', aspectRatio: '16:9', ...body }),
        });
        const { videoId, ...rest } = (await answer.json()) as { videoId?: string };
        if (videoId === undefined) throw new Error(`refused with ${answer.status}: ${JSON.stringify(rest)}`);
        return videoId;
      },
      10_000,
      PAUSE_MS,
    );
  }

  async status(videoId: string): Promise<VideoStatus> {
    const { status, body } = await this.rest.get<VideoStatus>(`/api/mcp/sora2/status/${videoId}`);
    if (status !== 200) throw new Error(`the status answers ${status}: ${JSON.stringify(body)}`);
    return body;
  }

  /** How a video stands when it is over. @throws Error where that takes longer */
  ended(videoId: string, withinMs = 60_000): Promise<VideoStatus> {
    return eventually(
      async () => {
        const video = await this.status(videoId);
        if (video.status === 'processing') throw new Error(`still under way: ${JSON.stringify(video)}`);
        return video;
      },
      withinMs,
      PAUSE_MS,
    );
  }

  cancel(videoId: string) {
    return this.rest.ask('DELETE', `/api/mcp/videos/${videoId}`);
  }
}

/** A video as the database has it, read past the gateway. */
export interface VideoRow {
  state: VideoState;
  submits: number;
  polls: number;
  job_id: string | null;
  is_flagged: boolean;
  provider_fault: string | null;
  provider_cost_usd: string | null;
  cancel_asked_at: Date | null;
  /** Micro-credits. */
  charged: bigint | null;
}

export async function readVideo(databaseUrl: string, videoId: string): Promise<VideoRow> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return await rowOf(client, videoId);
  } finally {
    await client.end();
  }
}

/** Waits until a video was sent to a provider and is in one of these states. */
export async function inState(databaseUrl: string, videoId: string, ...states: VideoState[]): Promise<VideoRow> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return await eventually(
      async () => {
        const row = await rowOf(client, videoId);
        if (row.submits > 0 && states.includes(row.state)) return row;
        throw new Error(`the video is ${row.state} after ${row.submits} orders, not ${states.join(' or ')}`);
      },
      30_000,
      PAUSE_MS / 2,
    );
  } finally {
    await client.end();
  }
}

async function rowOf(client: Client, videoId: string): Promise<VideoRow> {
  const { rows } = await client.query('SELECT * FROM video.video WHERE id = $1', [videoId]);
  if (!rows[0]) throw new Error(`there is no video ${videoId}`);
  return { ...rows[0], charged: rows[0].charged === null ? null : BigInt(rows[0].charged) };
}
