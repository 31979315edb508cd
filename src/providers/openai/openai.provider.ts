import type {
  EmbeddingResult,
  ModelCapabilities,
  ProviderCallOptions,
  TextProvider,
} from '../contract/text-provider.js';
import type { EmbeddingRequest, TextRequest } from '../contract/text-request.js';
import type { HttpTransport } from '../http/http-transport.js';
import { parseJsonObject } from '../http/json.js';
import { openPartStream } from '../http/open-part-stream.js';
import type { PartStream } from '../http/part-stream.js';
import { OpenAiClient, type OpenAiAccess } from './openai-client.js';
import { openAiEmbedding } from './openai-embedding.js';
import type { OpenAiDialect } from './openai-dialect.js';
import { openAiError } from './openai-error.js';
import { OpenAiEventReader } from './openai-event-reader.js';
import { openAiCapabilities } from './openai-models.js';
import { toOpenAiRequest } from './openai-request.js';

export interface OpenAiOptions extends OpenAiAccess {
  /** The provider's name on our wire; 'openai' unless another server speaks this wire. */
  id?: string;
  /** What is known better than our own tables do, by the model's name. */
  capabilities?: ((model: string) => Partial<ModelCapabilities>) | undefined;
  /** How the server differs from OpenAI; absent: it doesn't. */
  dialect?: OpenAiDialect | undefined;
  /** Called for every event of a stream that was skipped because nothing could be made of it. */
  onMalformedEvent?: (() => void) | undefined;
}

/** OpenAI's chat completions and embeddings, and every server that speaks the same wire. */
export class OpenAiProvider implements TextProvider {
  readonly id: string;
  private readonly client: OpenAiClient;

  constructor(
    private readonly options: OpenAiOptions,
    private readonly transport: HttpTransport,
  ) {
    this.id = options.id ?? 'openai';
    this.client = new OpenAiClient(options, transport);
  }

  capabilities(model: string): ModelCapabilities {
    return { ...openAiCapabilities(model), ...this.options.capabilities?.(model) };
  }

  async stream(request: TextRequest, { signal }: ProviderCallOptions): Promise<PartStream> {
    try {
      const { dialect } = this.options;
      const takesPrefill = this.capabilities(request.model).prefill;
      const body = toOpenAiRequest(request, { dialect, takesPrefill });
      const response = await this.client.send('/chat/completions', body, signal);
      return await openPartStream(response, {
        providerId: this.id,
        reader: new OpenAiEventReader(this.id),
        signal,
        onMalformedEvent: this.options.onMalformedEvent,
      });
    } catch (error) {
      throw openAiError(this.id, error, signal);
    }
  }

  async embed(
    { model, inputs, dimensions, encoding }: EmbeddingRequest,
    { signal }: ProviderCallOptions,
  ): Promise<EmbeddingResult> {
    try {
      const body = {
        model,
        input: inputs,
        encoding_format: encoding,
        ...(dimensions === undefined ? {} : { dimensions }),
      };
      const response = await this.client.send('/embeddings', body, signal);
      return openAiEmbedding(this.id, parseJsonObject(await response.text()), inputs.length, encoding);
    } catch (error) {
      throw openAiError(this.id, error, signal);
    }
  }

  /** Closes the provider's connections. */
  close(): Promise<void> {
    return this.transport.close();
  }
}
