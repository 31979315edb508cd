import { eventually } from './eventually.js';
import type { RestAnswer, RestClient } from './rest-client.js';

/** What the given routes answer about a video. */
export interface VideoBody {
  videoId: string;
  status: 'processing' | 'completed' | 'failed';
  url?: string;
  thumbnailUrl?: string;
  progress: number;
  createdAt: string;
  completedAt?: string;
  duration: number;
  creditsUsed: number;
  creditsHeld?: number;
  /** Of an order, and of a video that is under way. */
  estimatedTime: number;
  delay?: { reason: string; message: string; since: string };
  error?: { code: string; message: string };
  provider: string;
  model: string;
  resolution: string;
  aspectRatio: string;
  substitutions?: { field: string; wanted: string; chosen: string }[];
  filesDeletedAt?: string;
}

/** A provider is asked how a job stands every 5 seconds at the soonest. */
const ENDS_WITHIN_MS = 60_000;

/** Orders a small video. @param headers such as Idempotency-Key */
export function generate(
  client: RestClient,
  body: Record<string, unknown> = {},
  headers: Record<string, string> = {},
): Promise<RestAnswer<VideoBody>> {
  const order = { prompt: 'a cat [[video ms=100]]', duration: 4, resolution: '720p', ...body };
  return client.ask<VideoBody>('POST', '/api/mcp/sora2/generate', JSON.stringify(order), headers);
}

export async function videoStatus(client: RestClient, videoId: string): Promise<VideoBody> {
  return (await client.get<VideoBody>(`/api/mcp/sora2/status/${videoId}`)).body;
}

/** Waits until a video is over. */
export function videoEnd(client: RestClient, videoId: string): Promise<VideoBody> {
  return eventually(async () => {
    const status = await videoStatus(client, videoId);
    if (status.status === 'processing') throw new Error(`it is being made: ${JSON.stringify(status)}`);
    return status;
  }, ENDS_WITHIN_MS);
}
