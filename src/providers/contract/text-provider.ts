import type { StreamPart } from './stream-part.js';
import type { EmbeddingRequest, TextRequest } from './text-request.js';
import type { TokenUsage } from './token-usage.js';

/** What a provider can do with one model. */
export interface ModelCapabilities {
  /** Whether the model's family is this vendor's own ('gpt-4' at OpenAI). Unknown families are nobody's own. */
  isNative: boolean;
  /** Whether the provider has an embeddings endpoint at all. */
  embeddings: boolean;
  /** The most that the model answers, in tokens; goes upstream where the client sets no limit. */
  maxOutputTokens: number;
  /** Tokens are spent that no delta shows (o1, gpt-5 …): the hold then covers the whole output limit from the start. */
  hiddenReasoning: boolean;
  /** Takes tools, and calls them. */
  tools: boolean;
  /** Takes images in messages. */
  images: boolean;
  /** Keeps to a JSON schema, natively or by our translation. */
  structuredOutput: boolean;
  /** Gives log probabilities. */
  logprobs: boolean;
  /** Goes on with an assistant's message that ends the conversation. Otherwise a continuation is asked for in words. */
  prefill: boolean;
  /** Tokens of prompt and answer together; absent: unknown. */
  contextTokens?: number;
}

export interface ProviderCallOptions {
  /** Aborts the call and its stream; the provider must not outlive it. */
  signal: AbortSignal;
}

export interface EmbeddingResult {
  /** One vector for each input, in the inputs' order: numbers, or base64 text where that was asked for. */
  vectors: (number[] | string)[];
  /** Absent where the provider reports none. */
  usage?: TokenUsage;
}

/**
 * One AI vendor's text models. A strategy sends a request once and tells what comes back: it never retries, sleeps,
 * counts deadlines or logs prompts. Everything it throws is a ProviderError.
 */
export interface TextProvider {
  /** The provider's name on the wire: 'openai', 'claude', … */
  readonly id: string;

  capabilities(model: string): ModelCapabilities;

  /**
   * Resolves when the provider has accepted the request (its headers are there), before any content.
   * Each item is what one read of the network brought: an array of one or more parts, in order. The iteration ends
   * after the vendor's own end of stream; where the connection ends without a finish reason it throws `stream_broken`.
   */
  stream(request: TextRequest, options: ProviderCallOptions): Promise<AsyncIterable<StreamPart[]>>;

  /** @throws ProviderError `model_not_found` where `capabilities().embeddings` is false. */
  embed(request: EmbeddingRequest, options: ProviderCallOptions): Promise<EmbeddingResult>;
}
