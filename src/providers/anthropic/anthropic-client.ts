import { Anthropic, type ClientOptions } from '@anthropic-ai/sdk';
import { NO_SDK_DEADLINE_MS } from '../http/http-transport.js';
import { RequestFrames } from '../http/request-frames.js';

const DEFAULT_BASE_URL = 'https://api.anthropic.com';

type BuildRequest = Anthropic['buildRequest'];

/** The SDK's client: it knows the addresses, bears the key and names the errors; it neither retries, waits nor logs. */
export class AnthropicClient extends Anthropic {
  private readonly frames = new RequestFrames<Awaited<ReturnType<BuildRequest>>>();

  constructor(apiKey: string, baseUrl: string | undefined, fetch: NonNullable<ClientOptions['fetch']>) {
    super({
      apiKey,
      baseURL: baseUrl ?? DEFAULT_BASE_URL,
      fetch,
      maxRetries: 0,
      timeout: NO_SDK_DEADLINE_MS,
      logLevel: 'off',
      // Given, so that the SDK looks for none of them in the environment and records no spans of prompts.
      authToken: null,
      webhookKey: null,
      openTelemetry: false,
      // Our deadlines are shorter than what this header would promise.
      defaultHeaders: { 'X-Stainless-Timeout': null },
    });
  }

  override buildRequest(...[options, context]: Parameters<BuildRequest>): ReturnType<BuildRequest> {
    return this.frames.build(options, () => super.buildRequest(options, context));
  }
}
