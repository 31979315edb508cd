import { OpenAI } from 'openai';
import type { EmbeddingResult, ModelCapabilities, ProviderCallOptions, TextProvider } from '../contract/text-provider.js';
import type { EmbeddingRequest, TextRequest } from '../contract/text-request.js';
import { callOptions, NO_SDK_DEADLINE_MS, type HttpTransport } from '../http/http-transport.js';
import { openPartStream } from '../http/open-part-stream.js';
import type { PartStream } from '../http/part-stream.js';
import { openAiEmbedding } from './openai-embedding.js';
import { openAiError } from './openai-error.js';
import { OpenAiEventReader } from './openai-event-reader.js';
import { openAiCapabilities } from './openai-models.js';
import { toOpenAiRequest } from './openai-request.js';

const DEFAULT_BASE_URL = 'https://api.openai.com/v1';

export interface OpenAiOptions {
  /** The provider's name on our wire; 'openai' unless another server speaks this wire. */
  id?: string;
  apiKey: string;
  /** Up to and including the version, as the SDK takes it ('https://api.openai.com/v1'). */
  baseUrl?: string | undefined;
  /** Called for every event of a stream that was skipped because nothing could be made of it. */
  onMalformedEvent?: (() => void) | undefined;
}

/** OpenAI's chat completions and embeddings, and every server that speaks the same wire. */
export class OpenAiProvider implements TextProvider {
  readonly id: string;
  private readonly client: OpenAI;

  constructor(
    private readonly options: OpenAiOptions,
    private readonly transport: HttpTransport,
  ) {
    this.id = options.id ?? 'openai';
    this.client = new OpenAI({
      apiKey: options.apiKey,
      baseURL: options.baseUrl ?? DEFAULT_BASE_URL,
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

  capabilities(model: string): ModelCapabilities {
    return openAiCapabilities(model);
  }

  async stream(request: TextRequest, { signal }: ProviderCallOptions): Promise<PartStream> {
    try {
      const call = this.client.chat.completions.create(toOpenAiRequest(request), callOptions(signal));
      return await openPartStream(await call.asResponse(), {
        providerId: this.id,
        reader: new OpenAiEventReader(this.id),
        signal,
        onMalformedEvent: this.options.onMalformedEvent,
      });
    } catch (error) {
      throw openAiError(this.id, error, signal);
    }
  }

  async embed({ model, inputs }: EmbeddingRequest, { signal }: ProviderCallOptions): Promise<EmbeddingResult> {
    try {
      const body = { model, input: inputs, encoding_format: 'float' } as const;
      const response = await this.client.embeddings.create(body, callOptions(signal)).asResponse();
      return openAiEmbedding(this.id, await response.json(), inputs.length);
    } catch (error) {
      throw openAiError(this.id, error, signal);
    }
  }

  /** Closes the provider's connections. */
  close(): Promise<void> {
    return this.transport.close();
  }
}
