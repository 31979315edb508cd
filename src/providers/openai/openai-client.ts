import { OpenAI } from 'openai';
import { asObject } from '../http/json.js';
import { callOptions, NO_SDK_DEADLINE_MS, type HttpTransport } from '../http/http-transport.js';
import { RequestFrames } from '../http/request-frames.js';
import { sendBuilt } from '../http/send-built.js';
import type { TransportResponse } from '../http/transport-response.js';

const DEFAULT_BASE_URL = 'https://api.openai.com/v1';
/** The SDK wants a key; where there is none its header is left out. */
const NO_KEY = 'none';

type BuildRequest = OpenAI['buildRequest'];

export interface OpenAiAccess {
  /** Absent: the server asks for none (Ollama, vLLM). */
  apiKey?: string | undefined;
  /** Up to and including the version, as the SDK takes it ('https://api.openai.com/v1'). */
  baseUrl?: string | undefined;
  /** Sent with every request; one that bears the SDK's own name for a header replaces it. */
  headers?: Readonly<Record<string, string>> | undefined;
}

/** The SDK's client: it knows the addresses, bears the key and names the errors; it neither retries, waits nor logs. */
export class OpenAiClient extends OpenAI {
  private readonly frames = new RequestFrames<Awaited<ReturnType<BuildRequest>>>();

  constructor(
    { apiKey, baseUrl, headers }: OpenAiAccess,
    private readonly transport: HttpTransport,
  ) {
    super({
      apiKey: apiKey ?? NO_KEY,
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
      defaultHeaders: { ...(apiKey === undefined ? { authorization: null } : {}), ...headers },
    });
  }

  /** One POST: the SDK builds the request and names the error of a refusal, our transport carries it. */
  async send(path: string, body: object, signal: AbortSignal): Promise<TransportResponse> {
    const built = await this.buildRequest({ method: 'post', path, body, ...callOptions(signal) });
    return sendBuilt(this.transport, built, (status, json, text, headers) =>
      this.makeStatusError(status, withError(json), text, headers),
    );
  }

  override buildRequest(...[options, context]: Parameters<BuildRequest>): ReturnType<BuildRequest> {
    return this.frames.build(options, () => super.buildRequest(options, context));
  }
}

/** The SDK sees no error but in a body's field of that name, where not every server has it. */
function withError(body: object | undefined): object {
  const single: unknown = Array.isArray(body) ? body[0] : body;
  const object = asObject(single);
  if (!object) return body as unknown as object;
  return object.error == null ? { error: object } : object;
}
