import { Anthropic } from '@anthropic-ai/sdk';
import { callOptions, NO_SDK_DEADLINE_MS, type HttpTransport } from '../http/http-transport.js';
import { RequestFrames } from '../http/request-frames.js';
import { sendBuilt } from '../http/send-built.js';
import type { TransportResponse } from '../http/transport-response.js';

const DEFAULT_BASE_URL = 'https://api.anthropic.com';
/** The SDK wants a key; where there is none its headers are left out. */
const NO_KEY = 'none';

type BuildRequest = Anthropic['buildRequest'];

export interface AnthropicAccess {
  /** Absent: the server asks for none. */
  apiKey?: string | undefined;
  /** Without the version, as the SDK takes it ('https://api.anthropic.com'). */
  baseUrl?: string | undefined;
  /** Sent with every request; one that bears the SDK's own name for a header replaces it. */
  headers?: Readonly<Record<string, string>> | undefined;
}

/** The SDK's client: it knows the addresses, bears the key and names the errors; it neither retries, waits nor logs. */
export class AnthropicClient extends Anthropic {
  private readonly frames = new RequestFrames<Awaited<ReturnType<BuildRequest>>>();

  constructor(
    { apiKey, baseUrl, headers }: AnthropicAccess,
    private readonly transport: HttpTransport,
  ) {
    super({
      apiKey: apiKey ?? NO_KEY,
      baseURL: baseUrl ?? DEFAULT_BASE_URL,
      fetch: transport.fetch,
      maxRetries: 0,
      timeout: NO_SDK_DEADLINE_MS,
      logLevel: 'off',
      // Given, so that the SDK looks for none of them in the environment and records no spans of prompts.
      authToken: null,
      webhookKey: null,
      openTelemetry: false,
      // Our deadlines are shorter than what this header would promise.
      defaultHeaders: {
        'x-stainless-timeout': null,
        ...(apiKey === undefined ? { 'x-api-key': null, authorization: null } : {}),
        ...headers,
      },
    });
  }

  /** One POST: the SDK builds the request and names the error of a refusal, our transport carries it. */
  async send(path: string, body: object, signal: AbortSignal): Promise<TransportResponse> {
    const built = await this.buildRequest({ method: 'post', path, body, ...callOptions(signal) });
    return sendBuilt(this.transport, built, (status, json, text, headers) =>
      this.makeStatusError(status, json as object, text, headers),
    );
  }

  override buildRequest(...[options, context]: Parameters<BuildRequest>): ReturnType<BuildRequest> {
    return this.frames.build(options, () => super.buildRequest(options, context));
  }
}
