import { OpenAI } from 'openai';
import { NO_SDK_DEADLINE_MS } from '../http/http-transport.js';
import type { VideoTransport } from '../video/video-transport.js';

/** The SDK wants a key; where there is none its header is left out. */
const NO_KEY = 'none';

/** OpenAI's SDK with our connections: it writes the forms and knows the paths; it neither retries, waits nor logs. */
export function soraClient(baseUrl: string, apiKey: string | undefined, transport: VideoTransport): OpenAI {
  return new OpenAI({
    apiKey: apiKey ?? NO_KEY,
    baseURL: baseUrl,
    fetch: transport.fetch,
    maxRetries: 0,
    timeout: NO_SDK_DEADLINE_MS,
    logLevel: 'off',
    // Given, so that the SDK looks for none of them in the environment.
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    defaultHeaders: apiKey === undefined ? { authorization: null } : {},
  });
}
