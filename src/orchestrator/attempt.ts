import { ProviderError } from '../providers/contract/provider-error.js';
import type { StreamPart } from '../providers/contract/stream-part.js';
import type { EmbeddingResult, TextProvider } from '../providers/contract/text-provider.js';
import type { EmbeddingRequest, TextRequest } from '../providers/contract/text-request.js';
import { AnswerStream, type AttemptGuard, type PartSource } from './answer-stream.js';
import type { Deadlines } from './deadlines.js';
import { Watchdog } from '../common/watchdog.js';

/** How long a connection may stay open after the finish reason, for the token count. */
const END_MS = 2_000;

/** One call of one provider, with its deadlines. Whatever goes wrong, it throws a ProviderError and leaves nothing open. */
export class Attempt implements AttemptGuard {
  private readonly controller = new AbortController();
  private readonly watchdog = new Watchdog(() => this.expire());
  private phase: 'headers' | 'first content' | 'chunk' = 'headers';
  private hasExpired = false;
  private hasEnded = false;
  private failure: ProviderError | undefined;
  private onEnd: ((failure: ProviderError | undefined) => void) | undefined;

  constructor(
    private readonly provider: TextProvider,
    private readonly deadlines: Deadlines,
  ) {}

  /** Resolves at the first content, with the stream that begins with it. */
  async openStream(request: TextRequest): Promise<AnswerStream> {
    try {
      const begunMs = performance.now();
      this.watchdog.expectWithin(this.deadlines.headersMs);
      const parts = await this.provider.stream(request, { signal: this.controller.signal });
      this.phase = 'first content';
      this.watchdog.expectWithin(this.deadlines.firstContentMs - (performance.now() - begunMs));
      const iterator: PartSource = parts[Symbol.asyncIterator]();
      const leading = await this.readUntilContent(iterator);
      this.phase = 'chunk';
      this.watchdog.expectWithin(this.deadlines.stallMs);
      return new AnswerStream(leading, iterator, this);
    } catch (error) {
      this.close();
      throw this.explain(error);
    }
  }

  async embed(request: EmbeddingRequest): Promise<EmbeddingResult> {
    try {
      this.watchdog.expectWithin(this.deadlines.headersMs);
      return await this.provider.embed(request, { signal: this.controller.signal });
    } catch (error) {
      throw this.explain(error);
    } finally {
      this.complete();
    }
  }

  /**
   * Calls back once, when the provider's connection is no longer ours; at once where that is so already.
   * @param onEnd is told what an answer that had begun broke off with
   */
  whenEnded(onEnd: (failure: ProviderError | undefined) => void): void {
    if (this.hasEnded) onEnd(this.failure);
    else this.onEnd = onEnd;
  }

  expectChunk(): void {
    this.watchdog.expectWithin(this.deadlines.stallMs);
  }

  expectEnd(): void {
    this.watchdog.expectWithin(END_MS);
  }

  expectNothing(): void {
    this.watchdog.expectWithin(Infinity);
  }

  complete(): void {
    this.watchdog.stop();
    this.end();
  }

  close(failure?: ProviderError): void {
    this.watchdog.stop();
    this.controller.abort();
    this.end(failure);
  }

  explain(error: unknown): ProviderError {
    if (this.hasExpired) {
      return new ProviderError(this.provider.id, 'timeout', `no ${this.phase} in time`, { cause: error });
    }
    if (error instanceof ProviderError) return error;
    return new ProviderError(this.provider.id, 'malformed_response', 'the provider strategy failed', { cause: error });
  }

  private async readUntilContent(iterator: AsyncIterator<StreamPart[]>): Promise<StreamPart[]> {
    const leading: StreamPart[] = [];
    for (;;) {
      const read = await iterator.next();
      if (read.done) throw new ProviderError(this.provider.id, 'stream_broken', 'the stream ended before any content');
      leading.push(...read.value);
      if (read.value.some(({ type }) => type !== 'usage')) return leading;
    }
  }

  private end(failure?: ProviderError): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.failure = failure;
    this.onEnd?.(failure);
    this.onEnd = undefined;
  }

  private expire(): void {
    this.hasExpired = true;
    this.controller.abort();
  }
}
