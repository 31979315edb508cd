import { RunwayML } from '@runwayml/sdk';
import { NO_SDK_DEADLINE_MS } from '../http/http-transport.js';
import type { VideoTransport } from '../video/video-transport.js';

export const RUNWAY_BASE_URL = 'https://api.dev.runwayml.com';

/** Runway's SDK with our connections: it knows the paths and the version; it neither retries, waits nor logs. */
export function runwayClient(baseUrl: string, apiKey: string, transport: VideoTransport): RunwayML {
  return new RunwayML({
    apiKey,
    baseURL: baseUrl,
    fetch: transport.fetch,
    maxRetries: 0,
    timeout: NO_SDK_DEADLINE_MS,
    logLevel: 'off',
  });
}
