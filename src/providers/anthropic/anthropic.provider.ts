import { ProviderError } from '../contract/provider-error.js';
import type {
  EmbeddingResult,
  ModelCapabilities,
  ProviderCallOptions,
  TextProvider,
} from '../contract/text-provider.js';
import type { EmbeddingRequest, TextRequest } from '../contract/text-request.js';
import type { HttpTransport } from '../http/http-transport.js';
import { openPartStream } from '../http/open-part-stream.js';
import type { PartStream } from '../http/part-stream.js';
import { AnthropicClient, type AnthropicAccess } from './anthropic-client.js';
import { anthropicError } from './anthropic-error.js';
import { AnthropicEventReader } from './anthropic-event-reader.js';
import { anthropicCapabilities } from './anthropic-models.js';
import { toAnthropicRequest } from './anthropic-request.js';

const MESSAGES_PATH = '/v1/messages';

export interface AnthropicOptions extends AnthropicAccess {
  /** The provider's name on our wire; 'claude' unless another server speaks this wire. */
  id?: string;
  /** What is known better than our own tables do, by the model's name. */
  capabilities?: ((model: string) => Partial<ModelCapabilities>) | undefined;
  /** Called for every event of a stream that was skipped because nothing could be made of it. */
  onMalformedEvent?: (() => void) | undefined;
}

/** Anthropic's messages, and every server that speaks the same wire. */
export class AnthropicProvider implements TextProvider {
  readonly id: string;
  private readonly client: AnthropicClient;

  constructor(
    private readonly options: AnthropicOptions,
    private readonly transport: HttpTransport,
  ) {
    this.id = options.id ?? 'claude';
    this.client = new AnthropicClient(options, transport);
  }

  capabilities(model: string): ModelCapabilities {
    return { ...anthropicCapabilities(model), ...this.options.capabilities?.(model) };
  }

  async stream(request: TextRequest, { signal }: ProviderCallOptions): Promise<PartStream> {
    try {
      const { body, ...reading } = toAnthropicRequest(request, this.capabilities(request.model).prefill);
      const response = await this.client.send(MESSAGES_PATH, body, signal);
      return await openPartStream(response, {
        providerId: this.id,
        reader: new AnthropicEventReader(this.id, reading),
        signal,
        onMalformedEvent: this.options.onMalformedEvent,
      });
    } catch (error) {
      throw anthropicError(this.id, error, signal);
    }
  }

  embed({ model }: EmbeddingRequest): Promise<EmbeddingResult> {
    return Promise.reject(
      new ProviderError(this.id, 'model_not_found', `Claude has no embeddings, '${model}' included`),
    );
  }

  /** Closes the provider's connections. */
  close(): Promise<void> {
    return this.transport.close();
  }
}
