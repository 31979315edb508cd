import { OpenAI } from 'openai';
import { callOptions, NO_SDK_DEADLINE_MS, type HttpTransport } from '../http/http-transport.js';
import { RequestFrames } from '../http/request-frames.js';
import { sendBuilt } from '../http/send-built.js';
import type { TransportResponse } from '../http/transport-response.js';

const DEFAULT_BASE_URL = 'https://api.openai.com/v1';

type BuildRequest = OpenAI['buildRequest'];

/** The SDK's client: it knows the addresses, bears the key and names the errors; it neither retries, waits nor logs. */
export class OpenAiClient extends OpenAI {
  private readonly frames = new RequestFrames<Awaited<ReturnType<BuildRequest>>>();

  constructor(
    apiKey: string,
    baseUrl: string | undefined,
    private readonly transport: HttpTransport,
  ) {
    super({
      apiKey,
      baseURL: baseUrl ?? DEFAULT_BASE_URL,
      fetch: transport.fetch,
      maxRetries: 0,
      timeout: NO_SDK_DEADLINE_MS,
      logLevel: 'off',
      // Given, so that the SDK looks for none of them in the environment.
      adminAPIKey: null,
      organization: null,
      project: null,
      webhookSecret: null,
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
