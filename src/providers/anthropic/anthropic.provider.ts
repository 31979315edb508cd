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
import { AnthropicClient } from './anthropic-client.js';
import { anthropicError } from './anthropic-error.js';
import { AnthropicEventReader } from './anthropic-event-reader.js';
import { anthropicCapabilities } from './anthropic-models.js';
import { toAnthropicRequest } from './anthropic-request.js';

const MESSAGES_PATH = '/v1/messages';

export interface AnthropicOptions {
  apiKey: string;
  /** Without the version, as the SDK takes it ('https://api.anthropic.com'). */
  baseUrl?: string | undefined;
  /** Called for every event of a stream that was skipped because nothing could be made of it. */
  onMalformedEvent?: (() => void) | undefined;
}

/** Anthropic's messages. On our wire its name is 'claude'. */
export class AnthropicProvider implements TextProvider {
  readonly id = 'claude';
  private readonly client: AnthropicClient;

  constructor(
    private readonly options: AnthropicOptions,
    private readonly transport: HttpTransport,
  ) {
    this.client = new AnthropicClient(options.apiKey, options.baseUrl, transport);
  }

  capabilities(model: string): ModelCapabilities {
    return anthropicCapabilities(model);
  }

  async stream(request: TextRequest, { signal }: ProviderCallOptions): Promise<PartStream> {
    try {
      const response = await this.client.send(MESSAGES_PATH, toAnthropicRequest(request), signal);
      return await openPartStream(response, {
        providerId: this.id,
        reader: new AnthropicEventReader(this.id),
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
